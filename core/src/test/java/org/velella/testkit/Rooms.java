package org.velella.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rooms of a code base and the arrows between them, as one table. A class lives in the room
 * with the longest name that its package starts with. A room may only name rooms declared before
 * it, so no table with a cycle can be written down.
 */
public final class Rooms {
  /** The rooms of Velella, in all its modules; {@code core/docs/ARCHITECTURE.md} explains them. */
  public static final Rooms VELELLA = velella();

  private final String root;
  private final Map<String, Set<String>> arrows = new LinkedHashMap<>();

  /**
   * A table without rooms.
   *
   * @param root the package that holds all rooms
   */
  public Rooms(String root) {
    this.root = root;
  }

  private static Rooms velella() {
    Rooms rooms =
        new Rooms("org.velella")
            .room("tensor")
            .room("equation")
            .room("provenance")
            .room("hdf5", "tensor")
            .room("dataset", "tensor", "hdf5")
            .room("module", "tensor")
            .room("neuron", "equation", "module", "tensor")
            .room("layer", "module", "tensor", "equation")
            .room("synapse", "module", "tensor", "equation")
            .room("encoding", "module", "tensor", "equation")
            .room("checkpoint", "tensor", "module", "provenance")
            .room("sweep", "encoding", "provenance")
            .room(
                "network", "neuron", "layer", "synapse", "encoding", "module", "equation", "tensor")
            .roomAbove("network.nir", "network")
            .mayAlsoUse("network.nir", "hdf5")
            .roomAbove("network.exchange", "network")
            .roomAbove("population", "network")
            .roomAbove("plan", "network")
            .roomAbove("backend", "plan")
            .roomAbove("backend.scalar", "backend")
            .roomAbove("backend.vector", "backend")
            .mayAlsoUse("backend.vector", "backend.scalar")
            .roomAbove("simulate", "backend")
            .mayAlsoUse("simulate", "sweep")
            .roomAbove("rate", "simulate")
            .mayAlsoUse("rate", "network.exchange");
    String[] core = rooms.arrows.keySet().toArray(String[]::new);
    return rooms
        .room("gpu.driver", "backend")
        .room("gpu.kernel", "plan", "neuron", "layer", "equation", "tensor")
        .room(
            "gpu",
            "gpu.driver",
            "gpu.kernel",
            "backend",
            "backend.scalar",
            "backend.vector",
            "plan",
            "neuron",
            "layer",
            "synapse",
            "encoding",
            "module",
            "equation",
            "tensor",
            "provenance")
        .room("spark.store", core)
        .room("spark.frame", core)
        .mayAlsoUse("spark.frame", "spark.store")
        .room("spark.task", core)
        .mayAlsoUse("spark.task", "spark.frame", "spark.store")
        .room("spark.job", core)
        .mayAlsoUse("spark.job", "spark.task", "spark.frame", "spark.store")
        .room("spark.data", core)
        .mayAlsoUse("spark.data", "spark.job", "spark.store")
        .room("spark.bench", core)
        .mayAlsoUse("spark.bench", "spark.job")
        .room("spark.plot", core)
        .mayAlsoUse("spark.plot", "spark.job")
        .room("spark.catalog", core)
        .mayAlsoUse("spark.catalog", "spark.job")
        .room("spark.api", core)
        .mayAlsoUse("spark.api", "spark.job", "spark.frame")
        .room("spark.cli", core)
        .mayAlsoUse("spark.cli", "spark.job", "spark.data", "spark.bench", "spark.plot");
  }

  /**
   * Adds a room.
   *
   * @param name its package, relative to the root
   * @param mayUse earlier rooms
   */
  public Rooms room(String name, String... mayUse) {
    if (arrows.putIfAbsent(name, new TreeSet<>()) != null) {
      throw new IllegalArgumentException("Room '" + name + "' is declared twice");
    }
    return mayAlsoUse(name, mayUse);
  }

  /** Adds a room that may use another one and everything that one may use. */
  public Rooms roomAbove(String name, String below) {
    room(name, below);
    return mayAlsoUse(name, arrows.get(below).toArray(String[]::new));
  }

  private Rooms mayAlsoUse(String name, String... mayUse) {
    List<String> order = List.copyOf(arrows.keySet());
    for (String used : mayUse) {
      int index = order.indexOf(used);
      if (index < 0 || index >= order.indexOf(name)) {
        throw new IllegalArgumentException(
            "Room '%s' may only use rooms declared before it, not '%s'".formatted(name, used));
      }
      arrows.get(name).add(used);
    }
    return this;
  }

  /** The declared rooms, each with the rooms that it may use. */
  public Map<String, Set<String>> arrows() {
    return Map.copyOf(arrows);
  }

  /**
   * Every class lives in a declared room and uses no room that its own may not use. Since rooms
   * only name earlier rooms, this also says that there are no cycles.
   */
  public ArchRule rule() {
    return classes()
        .that()
        .resideInAPackage(root + "..")
        .should(respectArrows())
        .as("rooms of " + root + " only use the rooms below them")
        .allowEmptyShould(false);
  }

  private ArchCondition<JavaClass> respectArrows() {
    return new ArchCondition<>("respect the arrows between rooms") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String room = roomOf(type);
        if (room == null) {
          String message = type.getName() + " lives in no declared room of " + root;
          events.add(SimpleConditionEvent.violated(type, message));
          return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (isOurs(target) && !mayUse(room, roomOf(target))) {
            String message =
                "Room '%s' may not use '%s': %s"
                    .formatted(room, roomOf(target), dependency.getDescription());
            events.add(SimpleConditionEvent.violated(dependency, message));
          }
        }
      }
    };
  }

  private boolean isOurs(JavaClass type) {
    return (type.getPackageName() + ".").startsWith(root + ".");
  }

  private boolean mayUse(String from, String to) {
    return from.equals(to) || arrows.get(from).contains(to);
  }

  /** The room of a class, or null if no declared one holds it. */
  private String roomOf(JavaClass type) {
    String packageName = type.getPackageName() + ".";
    String best = null;
    for (String room : arrows.keySet()) {
      boolean holds = packageName.startsWith(root + "." + room + ".");
      if (holds && (best == null || room.length() > best.length())) {
        best = room;
      }
    }
    return best;
  }
}
