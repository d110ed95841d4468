"""The HTTP calls under `/api/`, and the health checks; one blueprint a file.

Belongs here: reading a request, calling the library, writing the response.
Does not belong here: rules about digits (`digits`), or shared resources (`server.inference`).
"""
