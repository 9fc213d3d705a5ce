package org.velella.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.testkit.Interleavings.Turns;

/**
 * A file system on the heap that can lose power: of what was not forced to disk, any entry of a
 * directory and any part of a file may be gone. Each call that others can notice waits for its
 * turn.
 */
final class ModelFileOps implements FileOps {
  /** What a worse file system, or a worse protocol, does. */
  enum Flaw {
    FILES_ARE_NOT_FORCED,
    DIRECTORIES_ARE_NOT_FORCED,
    LINKS_REPLACE
  }

  private final Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
  private final Map<Path, Node> entries = new TreeMap<>();
  private final Map<Path, Node> durable = new TreeMap<>();
  private final Map<Path, String> aliases = new HashMap<>();
  private Turns turns = new Turns();

  /** A directory, or the bytes of a file and what of them survives. */
  private static final class Node {
    private final boolean directory;
    private Content bytes = Content.EMPTY;
    private Content forced = Content.EMPTY;

    Node(boolean directory) {
      this.directory = directory;
    }

    Node with(Content content) {
      Node node = new Node(directory);
      node.bytes = content;
      node.forced = content;
      return node;
    }
  }

  /** Bytes that never change, and what is asked of them in every state. */
  private static final class Content {
    private static final Content EMPTY = new Content(new byte[0]);

    private final byte[] bytes;
    private final int hash;
    private Content half;
    private Content zeros;

    Content(byte[] bytes) {
      this.bytes = bytes;
      hash = Arrays.hashCode(bytes);
    }

    boolean isSame(Content other) {
      return this == other || Arrays.equals(bytes, other.bytes);
    }

    Content half() {
      if (half == null) {
        half = new Content(Arrays.copyOf(bytes, bytes.length / 2));
      }
      return half;
    }

    Content zerosInSecondHalf() {
      if (zeros == null) {
        zeros = new Content(Arrays.copyOf(half().bytes, bytes.length));
      }
      return zeros;
    }
  }

  ModelFileOps(Path root, Flaw... flaws) {
    this.flaws.addAll(List.of(flaws));
    for (Path path = root; path != null; path = path.getParent()) {
      Node node = new Node(true);
      entries.put(path, node);
      durable.put(path, node);
    }
  }

  void use(Turns other) {
    turns = other;
  }

  private void step() {
    turns.step();
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    step();
    if (!isDirectory(directory)) {
      turns.saw("none");
      throw new NoSuchFileException(directory.toString());
    }
    List<Path> found =
        new ArrayList<>(entries.keySet().stream().filter(p -> isIn(p, directory)).toList());
    turns.saw(
        "list" + found.stream().filter(p -> !p.getFileName().toString().startsWith(".")).toList());
    return found;
  }

  private static boolean isIn(Path path, Path directory) {
    return directory.equals(path.getParent());
  }

  @Override
  public BasicFileAttributes attributes(Path path) {
    Node node = entries.get(path);
    return node == null ? null : new Attributes(node.directory, node.bytes.bytes.length);
  }

  @Override
  public boolean isDirectory(Path path) {
    Node node = entries.get(path);
    turns.saw(node == null ? "no directory" : "directory");
    return node != null && node.directory;
  }

  @Override
  public StoredInput open(Path file) throws IOException {
    step();
    Node node = entries.get(file);
    if (node == null) {
      throw new NoSuchFileException(file.toString());
    }
    byte[] bytes = node.bytes.bytes;
    turns.saw("read" + node.bytes.hash);
    return new StoredInput(new ByteArrayInputStream(bytes), bytes.length);
  }

  @Override
  public NewFile create(Path file) throws IOException {
    step();
    Node node = new Node(false);
    put(file, node);
    aliases.put(file, "tmp" + turns.task() + "-" + aliases.size());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return new NewFile() {
      @Override
      public OutputStream out() {
        return out;
      }

      @Override
      public void force() {
        step();
        node.bytes = new Content(out.toByteArray());
        step();
        if (!flaws.contains(Flaw.FILES_ARE_NOT_FORCED)) {
          node.forced = node.bytes;
        }
      }

      @Override
      public void close() {}
    };
  }

  private void put(Path path, Node node) throws IOException {
    if (!entries.containsKey(path.getParent())) {
      throw new NoSuchFileException(path.getParent().toString());
    }
    if (entries.putIfAbsent(path, node) != null) {
      turns.saw("taken");
      throw new FileAlreadyExistsException(path.toString());
    }
  }

  @Override
  public void link(Path name, Path existing) throws IOException {
    step();
    if (flaws.contains(Flaw.LINKS_REPLACE)) {
      entries.put(name, entries.get(existing));
    } else {
      put(name, entries.get(existing));
    }
    turns.saw("linked");
  }

  @Override
  public boolean isSameFile(Path one, Path other) {
    return entries.get(one) == entries.get(other);
  }

  @Override
  public void replace(Path from, Path to) {
    step();
    entries.put(to, entries.remove(from));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step();
    put(to, entries.get(from));
    entries.remove(from);
  }

  @Override
  public boolean delete(Path file) {
    step();
    return entries.remove(file) != null;
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    step();
    put(directory, new Node(true));
  }

  @Override
  public void forceDirectory(Path directory) {
    step();
    if (flaws.contains(Flaw.DIRECTORIES_ARE_NOT_FORCED)) {
      return;
    }
    durable.keySet().removeIf(path -> isIn(path, directory) && !entries.containsKey(path));
    entries.forEach(
        (path, node) -> {
          if (isIn(path, directory)) {
            durable.put(path, node);
          }
        });
  }

  /** Everything, with names for temporary files that do not depend on chance. */
  String state() {
    StringBuilder state = new StringBuilder();
    Set<String> lines = new TreeSet<>();
    for (Path path : union()) {
      Node now = entries.get(path);
      Node then = durable.get(path);
      String name = aliases.getOrDefault(path, path.toString());
      lines.add(name + text(now) + (now == then ? "=" : text(then)));
    }
    lines.forEach(state::append);
    return state.toString();
  }

  private static String text(Node node) {
    return node == null ? "-" : node.bytes.hash + "/" + node.forced.hash + "d" + node.directory;
  }

  private Set<Path> union() {
    Set<Path> all = new TreeSet<>(entries.keySet());
    all.addAll(durable.keySet());
    return all;
  }

  /**
   * Every state that a loss of power here may leave: each entry that was not forced there or not,
   * each file that was not forced whole, empty, cut in half, or with zeros in its second half.
   * Hidden names are left out, since nothing looks at them.
   */
  List<ModelFileOps> afterPowerLoss() {
    List<Map<Path, Node>> states = new ArrayList<>(List.of(new TreeMap<>()));
    for (Path path : union()) {
      if (path.getFileName() != null && path.getFileName().toString().startsWith(".")) {
        continue;
      }
      List<Node> choices = new ArrayList<>();
      choices(entries.get(path), choices);
      if (durable.get(path) != entries.get(path)) {
        choices(durable.get(path), choices);
      }
      List<Map<Path, Node>> more = new ArrayList<>();
      for (Map<Path, Node> state : states) {
        boolean reachable = path.getParent() == null || state.containsKey(path.getParent());
        for (Node choice : reachable ? choices : Arrays.asList((Node) null)) {
          Map<Path, Node> next = new TreeMap<>(state);
          if (choice != null) {
            next.put(path, choice);
          }
          more.add(next);
        }
      }
      states = more;
    }
    List<ModelFileOps> systems = new ArrayList<>();
    for (Map<Path, Node> state : states) {
      ModelFileOps system = new ModelFileOps(Path.of("/"));
      system.entries.clear();
      system.entries.putAll(state);
      systems.add(system);
    }
    return systems;
  }

  private static void choices(Node node, List<Node> choices) {
    if (node == null || node.directory || node.bytes.isSame(node.forced)) {
      choices.add(node == null || node.directory ? node : node.with(node.bytes));
      return;
    }
    choices.add(node.with(node.bytes));
    choices.add(node.with(node.forced));
    choices.add(node.with(node.bytes.half()));
    choices.add(node.with(node.bytes.zerosInSecondHalf()));
  }

  private record Attributes(boolean isDirectory, long size) implements BasicFileAttributes {
    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime lastAccessTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime creationTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public boolean isRegularFile() {
      return !isDirectory;
    }

    @Override
    public boolean isSymbolicLink() {
      return false;
    }

    @Override
    public boolean isOther() {
      return false;
    }

    @Override
    public Object fileKey() {
      return null;
    }
  }
}
