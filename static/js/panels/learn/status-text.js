// How a training stands, in one sentence.
import { count, t } from "../../lib/i18n.js";

const seconds = (value) => count(Math.round(value));

function ended({ phase, why, accuracy, epoch, message }, job) {
  if (phase === "finished") {
    return t(`learn.finished_${why}`, { accuracy: accuracy.toFixed(2), epochs: epoch, minutes: job.minutes });
  }
  return why === "error" ? t("learn.failed", { message: message || t("learn.no_message") })
    : t(`learn.failed_${why}`, { minutes: job.minutes });
}

export function standing(now, job) {
  const values = {
    epoch: now.epoch, epochs: now.epochs, digits: count(now.digits), seconds: seconds(now.seconds),
    accuracy: now.accuracy?.toFixed(1), parameters: now.parameters && count(now.parameters),
  };
  switch (now.phase) {
    case "none": return t("learn.none");
    case "preparing": return now.said ? t("learn.preparing_said", { said: now.said }) : t("learn.preparing");
    case "learning": return t(now.accuracy === null ? "learn.begun" : "learn.learning", values);
    case "paused": return t("learn.paused", values);
    case "testing": return t("learn.testing");
    default: return ended(now, job);
  }
}
