package org.velella.spark.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.checkpoint.CommitFailedException;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.Checksums;
import org.velella.sweep.TrialList;

/**
 * The trials of a sweep in its directory: numbered files, of which the last one counts. An
 * extension writes the next one. A file has a line of JSON and one with the CRC32C of it, line
 * break included, because with other trials the same states would mean something else.
 */
final class TrialsFile {
  static final String FOLDER = "_run/trials";
  private static final Pattern NAME = Pattern.compile("\\d{8}\\.json");
  private static final Pattern CHECK = Pattern.compile("crc32c:([0-9a-f]{8})\n");

  private final CheckpointStore store;

  TrialsFile(CheckpointStore store) {
    this.store = store;
  }

  /**
   * The trials as they were read.
   *
   * @param files the number of the file that they are from: an extension that was thought out on
   *     these trials is the next one
   */
  record Read(TrialList trials, int files) {}

  /**
   * The trials; none if there is no file yet.
   *
   * @throws CheckpointCorruptException if the file is damaged
   */
  TrialList trials() throws IOException {
    return read().trials();
  }

  /** The trials, to be extended. */
  Read read() throws IOException {
    return read(new Read(TrialList.NONE, 0));
  }

  /**
   * The trials.
   *
   * @param known as they were read or written, which spares reading them if nobody has extended the
   *     sweep since
   * @throws CheckpointCorruptException if the file is damaged
   */
  Read read(Read known) throws IOException {
    String last = "";
    for (StoredFile file : store.list(FOLDER)) {
      last = NAME.matcher(file.name()).matches() ? file.name() : last;
    }
    if (number(last) == known.files()) {
      return known;
    }
    try (StoredInput input = store.open(FOLDER + "/" + last)) {
      return new Read(trials(input.stream().readAllBytes(), last), number(last));
    } catch (IllegalArgumentException e) {
      throw new CheckpointCorruptException(
          "%s/%s in %s is damaged: %s; restore it from a copy"
              .formatted(FOLDER, last, store.location(), e.getMessage()),
          e);
    }
  }

  /** The number in a file's name; 0 if there is no file. */
  private static int number(String name) {
    return name.isEmpty() ? 0 : Integer.parseInt(name, 0, name.indexOf('.'), 10);
  }

  /** What a file holds; without a checksum, all of it must be JSON. */
  private static TrialList trials(byte[] file, String name) {
    int end = 0;
    while (end < file.length && file[end] != '\n') {
      end++;
    }
    int line = Math.min(end + 1, file.length);
    Matcher check =
        CHECK.matcher(new String(file, line, file.length - line, StandardCharsets.ISO_8859_1));
    if (!check.matches()) {
      return TrialList.fromJson(CanonicalJson.parse(file, name));
    }
    String is = Checksums.crc32c(file, 0, line);
    if (!is.equals(check.group(1))) {
      throw new IllegalArgumentException(
          "it has CRC32C %s instead of %s".formatted(is, check.group(1)));
    }
    // A table of a million trials is many millions of bytes, so they are not made anew.
    return TrialList.fromBytes(Arrays.copyOf(file, end));
  }

  /**
   * Writes longer trials than those that were read.
   *
   * @return what reading them would give
   * @throws CommitFailedException if somebody else has extended the sweep meanwhile
   */
  Read write(TrialList trials, Read before) throws IOException {
    int number = before.files() + 1;
    String name = "%s/%08d.json".formatted(FOLDER, number);
    byte[] line = line(trials.toBytes());
    byte[] check = line(("crc32c:" + Checksums.crc32c(line)).getBytes(StandardCharsets.US_ASCII));
    byte[] text = Arrays.copyOf(line, line.length + check.length);
    System.arraycopy(check, 0, text, line.length, check.length);
    if (!store.createExclusive(name, text)) {
      throw new CommitFailedException(
          "Another driver has extended the sweep in %s; run the same command again"
              .formatted(store.location()));
    }
    return new Read(trials, number);
  }

  private static byte[] line(byte[] text) {
    byte[] line = Arrays.copyOf(text, text.length + 1);
    line[text.length] = '\n';
    return line;
  }
}
