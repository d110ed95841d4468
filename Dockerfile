# Inkling in a container, on the CPU; docs/deploying.md describes how to build and run it.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 INKLING_TRAINING=0
WORKDIR /inkling

# PyTorch from its own index: the build without CUDA is a fraction of the size of PyPI's.
COPY deploy/serving.txt deploy/
RUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu 'torch>=2.14' \
 && pip install --no-cache-dir -r deploy/serving.txt

COPY mnist_model.pth ./
COPY models models
COPY digits digits
COPY server server
COPY templates templates
COPY static static

# The server writes to /tmp and /dev/shm only, and owns none of the files that it reads.
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["python", "-m", "digits", "serve", "--host", "0.0.0.0", "--port", "8000"]
