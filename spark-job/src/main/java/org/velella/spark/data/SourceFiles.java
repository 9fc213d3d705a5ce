package org.velella.spark.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.velella.spark.job.UsageException;
import org.velella.spark.store.InputFile;

/** The files that a user's sources name, in the order in which their samples are numbered. */
final class SourceFiles {
  private static final int NO_LABEL = -1;

  private final DataFormat format;
  private final List<SourceFile> files;
  private final List<String> classes;

  private SourceFiles(DataFormat format, List<SourceFile> files, List<String> classes) {
    this.format = format;
    this.files = files;
    this.classes = classes;
  }

  /** A file, and the folder below the source that it lies in; empty if it lies in the source. */
  private record Found(FileStatus status, String folder) {
    String name() {
      return status.getPath().getName();
    }
  }

  /**
   * Lists all files.
   *
   * @throws UsageException if there are none, or they are of several formats
   */
  static SourceFiles list(DataRequest request, Configuration conf) throws IOException {
    List<Found> found = new ArrayList<>();
    for (String source : request.sources()) {
      found.addAll(list(source, conf));
    }
    found.sort(Comparator.comparing(each -> each.status().getPath().toString()));
    DataFormat format = request.format() == null ? format(request, found) : request.format();
    boolean named =
        request.format() != null && found.stream().noneMatch(f -> format.fits(f.name()));
    // Files that were named themselves are taken whatever their ending.
    List<Found> data = found.stream().filter(f -> named || format.fits(f.name())).toList();
    if (data.isEmpty()) {
      throw new UsageException(
          "There are no files of %s in %s; they end with %s"
              .formatted(format, String.join(", ", request.sources()), format.endings()));
    }
    List<String> classes = format.isOneSample() ? classes(data) : List.of();
    List<SourceFile> files = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      Found each = data.get(i);
      files.add(
          new SourceFile(
              each.status().getPath().toString(),
              each.status().getLen(),
              label(each, classes),
              labels(request, format, each, i, data.size(), conf)));
    }
    return new SourceFiles(format, List.copyOf(files), classes);
  }

  private static List<Found> list(String source, Configuration conf) throws IOException {
    Path path = new Path(source);
    FileSystem system = path.getFileSystem(conf);
    FileStatus[] roots = system.globStatus(path);
    if (roots == null || roots.length == 0) {
      throw new UsageException("There is no " + source);
    }
    List<Found> found = new ArrayList<>();
    for (FileStatus root : roots) {
      if (!root.isDirectory()) {
        found.add(new Found(root, ""));
        continue;
      }
      RemoteIterator<LocatedFileStatus> inside = system.listFiles(root.getPath(), true);
      while (inside.hasNext()) {
        FileStatus file = inside.next();
        Path parent = file.getPath().getParent();
        boolean hidden = file.getPath().getName().startsWith(".");
        if (!hidden) {
          found.add(new Found(file, parent.equals(root.getPath()) ? "" : parent.getName()));
        }
      }
    }
    return found;
  }

  private static DataFormat format(DataRequest request, List<Found> found) {
    TreeSet<DataFormat> fitting = new TreeSet<>();
    for (Found each : found) {
      Arrays.stream(DataFormat.values())
          .filter(format -> format.fits(each.name()))
          .forEach(fitting::add);
    }
    if (fitting.size() != 1) {
      throw new UsageException(
          "%s: the files' endings fit %s; say what they are: --format %s"
              .formatted(
                  String.join(", ", request.sources()),
                  fitting.isEmpty() ? "no format" : "several formats " + fitting,
                  Arrays.toString(DataFormat.values())));
    }
    return fitting.first();
  }

  /** Folders of the files, as numbers if all of them are; empty if there are none. */
  private static List<String> classes(List<Found> data) {
    TreeSet<String> folders = new TreeSet<>();
    data.forEach(each -> folders.add(each.folder()));
    if (folders.contains("")) {
      return List.of();
    }
    if (folders.stream().allMatch(folder -> folder.matches("\\d{1,9}"))) {
      TreeMap<Integer, String> byNumber = new TreeMap<>();
      folders.forEach(folder -> byNumber.put(Integer.parseInt(folder), folder));
      List<String> classes = new ArrayList<>();
      boolean dense = byNumber.size() == folders.size() && byNumber.lastKey() < 1_000_000;
      for (int i = 0; dense && i <= byNumber.lastKey(); i++) {
        classes.add(byNumber.getOrDefault(i, String.valueOf(i)));
      }
      if (dense) {
        return classes;
      }
    }
    return List.copyOf(folders);
  }

  private static int label(Found file, List<String> classes) {
    return classes.isEmpty() ? NO_LABEL : classes.indexOf(file.folder());
  }

  /** The file of labels that belongs to a file of data: what the user said, or what lies beside. */
  private static String labels(
      DataRequest request, DataFormat format, Found file, int at, int count, Configuration conf)
      throws IOException {
    boolean takes =
        format == DataFormat.AEDAT || format == DataFormat.NPY || format == DataFormat.IDX;
    if (!request.labels().isEmpty()) {
      if (!takes || request.labels().size() != count) {
        throw new UsageException(
            takes
                ? "%d files of --labels for %d files of data; give one for each, in the order of their names"
                    .formatted(request.labels().size(), count)
                : "--labels is for aedat, npy and idx; of %s, files or folders say the label"
                    .formatted(format));
      }
      String labels = request.labels().stream().sorted().toList().get(at);
      return InputFile.absolute(labels, conf);
    }
    for (String name : takes ? besides(format, file.name()) : List.<String>of()) {
      Path path = new Path(file.status().getPath().getParent(), name);
      try {
        return path.getFileSystem(conf).getFileStatus(path).getPath().toString();
      } catch (FileNotFoundException e) {
        // There may be one of another name, or none.
      }
    }
    return "";
  }

  /** How the file of labels may be called. */
  private static List<String> besides(DataFormat format, String name) {
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    if (format != DataFormat.IDX) {
      return List.of(stem + (format == DataFormat.AEDAT ? "_labels.csv" : "_labels.npy"));
    }
    String labels = name.replace("images", "labels").replace("idx3", "idx1");
    String other =
        labels.endsWith(".gz") ? labels.substring(0, labels.length() - 3) : labels + ".gz";
    return labels.equals(name) ? List.of() : List.of(labels, other);
  }

  DataFormat format() {
    return format;
  }

  List<SourceFile> files() {
    return files;
  }

  /** Names of the classes by their number; empty if folders name none. */
  List<String> classes() {
    return classes;
  }

  long bytes() {
    return files.stream().mapToLong(SourceFile::length).sum();
  }
}
