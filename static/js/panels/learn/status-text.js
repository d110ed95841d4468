// Describes the state of a training in one sentence.
import { count, t } from "../../lib/i18n.js";

function endText({ phase, why, accuracy, epoch, message }, job) {
  if (phase === "finished") {
    return t(`learn.finished_${why}`, { accuracy: accuracy.toFixed(2), epochs: epoch, minutes: job.minutes });
  }
  return why === "error" ? t("learn.failed", { message: message || t("learn.no_message") })
    : t(`learn.failed_${why}`, { minutes: job.minutes });
}

// `training`: see training-state.js; `job`: its options.
export function statusText(training, job) {
  const { phase, epoch, epochs, accuracy, parameters, progressText } = training;
  const values = {
    epoch, epochs, digits: count(training.digits), seconds: count(Math.round(training.seconds)),
    accuracy: accuracy?.toFixed(1), parameters: parameters && count(parameters),
  };
  switch (phase) {
    case "none": return t("learn.none");
    case "preparing": return progressText ? t("learn.preparing_said", { said: progressText }) : t("learn.preparing");
    case "learning": return t(accuracy === null ? "learn.begun" : "learn.learning", values);
    case "paused": return t("learn.paused", values);
    case "testing": return t("learn.testing");
    default: return endText(training, job);
  }
}
