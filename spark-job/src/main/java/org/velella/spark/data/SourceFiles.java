package org.velella.spark.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
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
  private final List<String> leftOut;

  private SourceFiles(
      DataFormat format, List<SourceFile> files, List<String> classes, List<String> leftOut) {
    this.format = format;
    this.files = files;
    this.classes = classes;
    this.leftOut = leftOut;
  }

  /**
   * A file.
   *
   * @param folder below the source that it lies in; empty if it lies in the source
   * @param labels the file of labels that the user has given with it, or an empty text
   */
  private record Found(FileStatus status, String folder, String labels) {
    String name() {
      return status.getPath().getName();
    }

    String path() {
      return status.getPath().toString();
    }
  }

  /**
   * Lists all files.
   *
   * @throws UsageException if there are none, or they are of several formats
   */
  static SourceFiles list(DataRequest request, Configuration conf) throws IOException {
    List<Found> found = found(request, conf);
    DataFormat format = request.format() == null ? format(request, found) : request.format();
    boolean takesLabels = takesLabels(format);
    if (!request.labels().isEmpty() && !takesLabels) {
      throw new UsageException(
          "--labels is for aedat, npy and idx; of %s, files or folders say the label"
              .formatted(format));
    }
    boolean named =
        request.format() != null && found.stream().noneMatch(f -> format.fits(f.name()));
    // Files that were named themselves are taken whatever their ending.
    Map<Boolean, List<Found>> byUse =
        found.stream().collect(Collectors.partitioningBy(f -> named || format.fits(f.name())));
    List<Found> data = byUse.get(true);
    if (data.isEmpty()) {
      throw new UsageException(
          "There are no files of %s in %s; they end with %s"
              .formatted(format, String.join(", ", request.sources()), format.endings()));
    }
    List<String> leftOut =
        byUse.get(false).stream()
            .filter(each -> !DataFormat.isLabels(each.name()))
            .map(Found::path)
            .toList();
    if (!request.labels().isEmpty() && data.size() != found.size()) {
      throw new UsageException(
          "%s does not end with %s, so its --labels would be left out with it"
              .formatted(byUse.get(false).get(0).path(), format.endings()));
    }
    List<String> classes = classes(request, format, data, conf);
    Map<String, Integer> labelOf = new HashMap<>();
    for (String name : classes) {
      labelOf.put(name, labelOf.size());
    }
    List<SourceFile> files = new ArrayList<>();
    for (Found each : data) {
      files.add(
          new SourceFile(
              each.path(),
              each.status().getLen(),
              labelOf.getOrDefault(each.folder(), NO_LABEL),
              takesLabels ? labels(format, each, conf) : ""));
    }
    return new SourceFiles(format, List.copyOf(files), classes, leftOut);
  }

  /** All files by path, each once. */
  private static List<Found> found(DataRequest request, Configuration conf) throws IOException {
    List<String> sources = request.sources();
    List<String> labels = request.labels();
    if (!labels.isEmpty() && labels.size() != sources.size()) {
      throw new UsageException(
          "%d files of --labels for %d sources; name every file of data itself, and give one file of labels for each, in the same order"
              .formatted(labels.size(), sources.size()));
    }
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      String own = labels.isEmpty() ? "" : InputFile.absolute(labels.get(i), conf);
      found.addAll(list(sources.get(i), own, conf));
    }
    found.sort(Comparator.comparing(Found::path));
    for (int i = 1; i < found.size(); i++) {
      if (found.get(i).path().equals(found.get(i - 1).path())) {
        throw new UsageException(
            found.get(i).path() + " is named twice by the sources; name it once");
      }
    }
    return found;
  }

  private static List<Found> list(String source, String labels, Configuration conf)
      throws IOException {
    Path path = new Path(source);
    FileSystem system = path.getFileSystem(conf);
    FileStatus[] roots = system.globStatus(path);
    if (roots == null || roots.length == 0) {
      throw new UsageException("There is no " + source);
    }
    if (!labels.isEmpty() && (roots.length > 1 || roots[0].isDirectory())) {
      throw new UsageException(
          "%s is %s; with --labels, name every file of data itself, so that each has its own labels"
              .formatted(source, roots.length > 1 ? roots.length + " files" : "a folder"));
    }
    List<Found> found = new ArrayList<>();
    for (FileStatus root : roots) {
      if (!root.isDirectory()) {
        found.add(new Found(root, "", labels));
        continue;
      }
      RemoteIterator<LocatedFileStatus> inside = system.listFiles(root.getPath(), true);
      while (inside.hasNext()) {
        FileStatus file = inside.next();
        Path parent = file.getPath().getParent();
        if (!isHidden(file.getPath(), root.getPath())) {
          found.add(new Found(file, parent.equals(root.getPath()) ? "" : parent.getName(), ""));
        }
      }
    }
    return found;
  }

  /** Whether a name on the way from a source to a file begins as such that tools keep things in. */
  private static boolean isHidden(Path file, Path root) {
    for (Path each = file; each != null && !each.equals(root); each = each.getParent()) {
      if (each.getName().startsWith(".") || each.getName().startsWith("_")) {
        return true;
      }
    }
    return false;
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

  /** The classes of the files: what the user says, or else their folders. */
  private static List<String> classes(
      DataRequest request, DataFormat format, List<Found> data, Configuration conf)
      throws IOException {
    if (request.classes() == null) {
      return format.isOneSample() ? classes(data) : List.of();
    }
    if (!format.isOneSample()) {
      throw new UsageException(
          "--classes is for files in folders of classes: nmnist, npz and images; of %s, files say the label"
              .formatted(format));
    }
    List<String> classes = ClassFile.read(request.classes(), conf);
    Set<String> known = new HashSet<>(classes);
    for (Found each : data) {
      if (each.folder().isEmpty()) {
        throw new UsageException(
            "%s lies in no folder of a class; with --classes, name the folder that has those of the classes"
                .formatted(each.path()));
      }
      if (!known.contains(each.folder())) {
        throw new UsageException(
            "%s lies in the folder '%s', which is no class of %s; add a line to it, or take the folder away"
                .formatted(each.path(), each.folder(), request.classes()));
      }
    }
    return classes;
  }

  /** Folders of the files, as numbers if all of them are; empty if there are none. */
  private static List<String> classes(List<Found> data) {
    TreeSet<String> folders = new TreeSet<>();
    data.forEach(each -> folders.add(each.folder()));
    if (folders.contains("")) {
      if (folders.size() > 1) {
        Found stray = data.stream().filter(each -> each.folder().isEmpty()).findFirst().get();
        throw new UsageException(
            "%s lies in no folder of a class, others lie in %s; put it into one or take it away, or for a table without labels name the files by a pattern such as 'FOLDER/*/*'"
                .formatted(stray.path(), folders.last()));
      }
      return List.of();
    }
    for (String folder : folders) {
      if (!ClassFile.isLine(folder)) {
        throw new UsageException(
            "The folder '%s' cannot be the name of a class, which is one line without spaces around it; rename it"
                .formatted(folder));
      }
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

  /** Whether a format's labels can lie in a file of their own. */
  private static boolean takesLabels(DataFormat format) {
    return format == DataFormat.AEDAT || format == DataFormat.NPY || format == DataFormat.IDX;
  }

  /** The file of labels that belongs to a file of data: what the user said, or what lies beside. */
  private static String labels(DataFormat format, Found file, Configuration conf)
      throws IOException {
    if (!file.labels().isEmpty()) {
      return file.labels();
    }
    for (String name : besides(format, file.name())) {
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

  /** Files that are of no use to the format, by their endings; files of labels are not counted. */
  List<String> leftOut() {
    return leftOut;
  }

  long bytes() {
    return files.stream().mapToLong(SourceFile::length).sum();
  }
}
