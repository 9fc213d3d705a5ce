package org.velella.checkpoint;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names of the files in which Velella records, so that users' own files are never taken for one.
 */
public final class RecordingName {
  private static final Pattern NAME =
      Pattern.compile(
          "r\\d{12,19}-\\d{12,19}\\.s\\d{8,19}-\\d{8,19}\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.parquet");

  private RecordingName() {}

  /** A new name, which nobody else uses, for what a range records in the steps of an interval. */
  public static String create(SampleRange range, long fromStep, long toStep) {
    return "r%012d-%012d.s%08d-%08d.%s.parquet"
        .formatted(range.lo(), range.hi(), fromStep, toStep, UUID.randomUUID());
  }

  /** Whether a file without its directory has such a name. */
  public static boolean isName(String file) {
    return NAME.matcher(file).matches();
  }
}
