package org.velella.spark.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * One SHA-256 over all that a finished run gives: ranges, steps, memories, accumulators, and the
 * rows of all tables. It is read from the files alone, by the pages of the format and stock
 * Parquet, without Velella's readers. It does not depend on which attempts the files came from, nor
 * on how rows are spread over files.
 */
public final class RunHash {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CHECKSUM_LINE = "crc32c:e3069283\n".length();
  private static final String MANIFESTS = "checkpoint/manifests";

  /** After which step, and which samples. */
  private static final Pattern RESULTS = Pattern.compile("s(\\d+)\\.r(\\d+)-(\\d+)\\.parquet");

  private static final List<String> TABLES = List.of("results", "spikes", "traces", "failures");

  private final FileSystem files;
  private final Path run;
  private final MessageDigest digest;

  private RunHash(Path run, Configuration conf) throws IOException {
    files = run.getFileSystem(conf);
    this.run = run;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The hash of a finished run on this machine's disk. */
  public static String of(java.nio.file.Path run) {
    return of(new Path(run.toUri()), new Configuration());
  }

  /** The hash of a finished run. */
  static String of(Path run, Configuration conf) {
    try {
      return new RunHash(run, conf).hash();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String hash() throws IOException {
    JsonNode manifest = JSON.readTree(bytes(newest()));
    take("%s samples, %s steps".formatted(manifest.get("samples"), manifest.get("target_steps")));
    for (JsonNode range : ranges(manifest)) {
      JsonNode listed = range.get("files");
      JsonNode last = listed.get(listed.size() - 1);
      take("range %s-%s step %s".formatted(range.get("lo"), range.get("hi"), last.get("step")));
      takeTensors(bytes(new Path(run, "checkpoint/ranges/" + last.get("file").asText())));
    }
    for (String table : TABLES) {
      List<String> rows = rows(table);
      take("%s: %d rows".formatted(table, rows.size()));
      rows.forEach(this::take);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void take(String text) {
    digest.update(text.getBytes(UTF_8));
    digest.update((byte) '\n');
  }

  private byte[] bytes(Path file) throws IOException {
    byte[] all = new byte[Math.toIntExact(files.getFileStatus(file).getLen())];
    try (FSDataInputStream in = files.open(file)) {
      in.readFully(0, all);
    }
    return all;
  }

  private List<Path> list(String folder, String suffix) throws IOException {
    List<Path> found = new ArrayList<>();
    try {
      for (FileStatus file : files.listStatus(new Path(run, folder))) {
        String name = file.getPath().getName();
        if (!name.startsWith(".") && name.endsWith(suffix)) {
          found.add(file.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    Collections.sort(found);
    return found;
  }

  /** What killed writers have left under hidden names. */
  private List<String> unfinished(String folder) throws IOException {
    try {
      return Arrays.stream(files.listStatus(new Path(run, folder)))
          .map(file -> file.getPath().getName())
          .filter(name -> name.startsWith(".tmp-"))
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private Path newest() throws IOException {
    List<Path> manifests = manifests();
    return manifests.get(manifests.size() - 1);
  }

  private List<Path> manifests() throws IOException {
    List<Path> manifests = new ArrayList<>(list(MANIFESTS, ".json"));
    manifests.removeIf(file -> file.getName().contains(".part-"));
    return manifests;
  }

  /** A manifest's ranges, wherever they lie; none of a part that is damaged. */
  private List<JsonNode> ranges(JsonNode manifest) throws IOException {
    List<JsonNode> ranges = new ArrayList<>();
    manifest.path("ranges").forEach(ranges::add);
    for (JsonNode part : manifest.path("parts")) {
      byte[] bytes = bytes(new Path(run, MANIFESTS + "/" + part.get("file").asText()));
      if (undamaged(bytes)) {
        JSON.readTree(bytes).get("ranges").forEach(ranges::add);
      }
    }
    return ranges;
  }

  /** True if a manifest's last line has the CRC32C of what is before it. */
  private static boolean undamaged(byte[] manifest) {
    int body = manifest.length - CHECKSUM_LINE;
    if (body <= 0) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(manifest, 0, body);
    String line = "crc32c:" + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
    return new String(manifest, body, CHECKSUM_LINE, UTF_8).equals(line);
  }

  /** The names of what a manifest lists; none if it is damaged. */
  private void addListed(byte[] bytes, Set<String> files, Set<String> recordings)
      throws IOException {
    if (!undamaged(bytes)) {
      return;
    }
    JsonNode manifest = JSON.readTree(bytes);
    manifest.path("parts").forEach(part -> files.add(part.get("file").asText()));
    for (JsonNode range : ranges(manifest)) {
      range.get("files").forEach(file -> files.add(file.get("file").asText()));
      for (JsonNode recording : range.get("recordings")) {
        recordings.add(new Path(recording.get("file").asText()).getName());
      }
    }
  }

  /**
   * Files of results but those of the last step, each of other samples: what is left of fewer steps
   * or of another division.
   */
  private List<String> otherResults() throws IOException {
    long steps = JSON.readTree(bytes(newest())).get("target_steps").asLong();
    List<String> others = new ArrayList<>();
    long end = 0;
    for (Path file : list("results", "")) {
      Matcher name = RESULTS.matcher(file.getName());
      if (name.matches()
          && Long.parseLong(name.group(1)) == steps
          && Long.parseLong(name.group(2)) >= end) {
        end = Long.parseLong(name.group(3));
      } else {
        others.add("results/" + file.getName());
      }
    }
    return others;
  }

  /** Names, types, shapes and data of a safetensors file's tensors, by name. */
  private void takeTensors(byte[] file) throws IOException {
    int header = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    JsonNode tensors = JSON.readTree(new String(file, 8, header, UTF_8));
    TreeMap<String, JsonNode> byName = new TreeMap<>();
    tensors.fieldNames().forEachRemaining(name -> byName.put(name, tensors.get(name)));
    byName.remove("__metadata__");
    byName.forEach(
        (name, tensor) -> {
          take(name + " " + tensor.get("dtype") + " " + tensor.get("shape"));
          int begin = tensor.get("data_offsets").get(0).asInt();
          int end = tensor.get("data_offsets").get(1).asInt();
          digest.update(file, 8 + header + begin, end - begin);
        });
  }

  private List<String> rows(String table) throws IOException {
    List<String> rows = new ArrayList<>();
    for (Path file : list(table, ".parquet")) {
      Configuration conf = files.getConf();
      try (ParquetReader<Group> reader = new Rows(HadoopInputFile.fromPath(file, conf)).build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          rows.add(row.toString());
        }
      }
    }
    Collections.sort(rows);
    return rows;
  }

  /** Parquet's own builder reads all of Hadoop's defaults anew for each file. */
  private static final class Rows extends ParquetReader.Builder<Group> {
    Rows(HadoopInputFile file) {
      super(file);
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  /**
   * Files of a complete run that neither a manifest nor the layout accounts for: range files and
   * parts of manifests that no manifest lists; results of fewer steps than the run has, or of
   * samples that another file has the results of; recordings among the attempts that the newest
   * manifest lists, for these are published, or that none lists; published ones that the newest
   * manifest does not list; and hidden files, which were never finished.
   */
  public static List<String> orphans(java.nio.file.Path run) {
    return orphans(new Path(run.toUri()), new Configuration());
  }

  /** As the other, of a run anywhere. */
  static List<String> orphans(Path run, Configuration conf) {
    try {
      return new RunHash(run, conf).orphans();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> orphans() throws IOException {
    Set<String> listed = new TreeSet<>();
    Set<String> recorded = new TreeSet<>();
    for (Path manifest : manifests()) {
      addListed(bytes(manifest), listed, recorded);
    }
    Set<String> recordings = new TreeSet<>();
    addListed(bytes(newest()), new TreeSet<>(), recordings);
    List<String> orphans = otherResults();
    List<Path> named = new ArrayList<>(list("checkpoint/ranges", ".safetensors"));
    named.addAll(list(MANIFESTS, ".json"));
    named.removeAll(manifests());
    for (Path file : named) {
      if (!listed.contains(file.getName())) {
        orphans.add(file.getName());
      }
    }
    for (String place : List.of(MANIFESTS, "checkpoint/ranges", "results")) {
      unfinished(place).forEach(file -> orphans.add(place + "/" + file));
    }
    for (String table : TABLES) {
      unfinished("_attempts/" + table).forEach(file -> orphans.add("_attempts/" + file));
      for (Path file : list("_attempts/" + table, "")) {
        // Older manifests may be fallen back to, and list what was withdrawn since.
        if (recordings.contains(file.getName()) || !recorded.contains(file.getName())) {
          orphans.add("_attempts/" + table + "/" + file.getName());
        }
      }
    }
    for (String table : List.of("spikes", "traces", "failures")) {
      for (Path file : list(table, "")) {
        if (!recordings.contains(file.getName())) {
          orphans.add(table + "/" + file.getName());
        }
      }
    }
    return orphans;
  }
}
