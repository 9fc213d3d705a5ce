package org.velella.spark.job;

import org.apache.spark.SparkContext;
import org.velella.backend.BackendUnavailableException;
import org.velella.backend.Backends;
import org.velella.provenance.BackendChoice;
import org.velella.provenance.NumericEnvironment;

/** Finds out before a run begins whether its backend is there. */
final class BackendCheck {
  private BackendCheck() {}

  /**
   * The backend that runs. Where executors are other machines than the driver, they choose by
   * themselves, and the driver only says what it sees.
   *
   * @throws BackendUnavailableException if it cannot run, as far as the driver can tell, or if
   *     nobody knows it
   */
  static BackendChoice choose(SparkContext spark, String name, RunListener listener) {
    NumericEnvironment.requireConforming();
    java.util.TreeMap<String, String> noExceptions = new java.util.TreeMap<>();
    try {
      Backends.Choice choice = Backends.load().select(name);
      listener.message("backend " + choice.backend().name() + ": " + choice.reason());
      return new BackendChoice(choice.backend().name(), choice.reason(), noExceptions);
    } catch (BackendUnavailableException e) {
      if (spark.isLocal() || !e.isKnown()) {
        throw e;
      }
      String reason = "chosen by the executors; on the driver: " + e.getMessage();
      listener.message("backend " + name + " is " + reason);
      return new BackendChoice(name, reason, noExceptions);
    }
  }

  /** What to call the backend that tasks choose when they are told {@code asked}. */
  static String shown(SparkContext spark, String asked) {
    return spark.isLocal() ? Backends.load().select(asked).backend().name() : asked;
  }
}
