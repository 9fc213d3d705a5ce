package org.velella.spark.cli;

import java.util.ArrayList;
import java.util.List;
import org.velella.spark.job.UsageException;

/**
 * What {@code --samples} of a new run says: how many samples the input has, which of them a command
 * works on, or both.
 *
 * @param count 0 if it is to be found out
 * @param ids {@code FROM:TO}, several separated by commas; empty for all
 */
record SamplesOption(long count, String ids) {
  /**
   * @throws UsageException if there are several numbers, or something else
   */
  static SamplesOption of(String text) {
    long count = 0;
    boolean counted = false;
    List<String> ids = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String one = part.strip();
      if (one.contains(":")) {
        ids.add(one);
      } else if (one.matches("[0-9]{1,18}") && !counted) {
        counted = true;
        count = Long.parseLong(one);
      } else {
        throw new UsageException(
            "--samples is %s; give a number of samples, or FROM:TO for the ids of some, such as 1000 or 0:500"
                .formatted(text));
      }
    }
    return new SamplesOption(count, String.join(",", ids));
  }
}
