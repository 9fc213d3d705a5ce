package org.velella.module;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Walks through a module and its descendants: parents before children, children in registration
 * order, every module once however many parents it has. Without recursion, since a tree may be far
 * deeper than a stack.
 */
final class ModuleTree {
  private ModuleTree() {}

  /** All modules of the tree, the root first. */
  static List<Visit> walk(Module root) {
    return walk(root, module -> true);
  }

  /** As {@link #walk(Module)}, but without the children of modules that {@code descend} refuses. */
  static List<Visit> walk(Module root, Predicate<Module> descend) {
    List<Visit> visits = new ArrayList<>();
    Set<Module> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Visit> stack = new ArrayDeque<>();
    stack.push(new Visit(root, null, ""));
    while (!stack.isEmpty()) {
      Visit visit = stack.pop();
      if (!seen.add(visit.module)) {
        continue;
      }
      visits.add(visit);
      if (descend.test(visit.module)) {
        List<Map.Entry<String, Module>> children =
            new ArrayList<>(visit.module.namedChildren().entrySet());
        for (int i = children.size() - 1; i >= 0; i--) {
          stack.push(new Visit(children.get(i).getValue(), visit, children.get(i).getKey()));
        }
      }
    }
    return visits;
  }

  /** The modules with memories, in the order of {@link #walk(Module)}. */
  static List<MemoryModule> memoryModules(Module root) {
    List<MemoryModule> found = new ArrayList<>();
    for (Visit visit : walk(root)) {
      if (visit.module instanceof MemoryModule module) {
        found.add(module);
      }
    }
    return found;
  }

  /** A module and the way to it. */
  static final class Visit {
    private final Module module;
    private final Visit parent;
    private final String name;

    private Visit(Module module, Visit parent, String name) {
      this.module = module;
      this.parent = parent;
      this.name = name;
    }

    Module module() {
      return module;
    }

    /** The dotted path from the root, after a prefix; empty for the root without a prefix. */
    String path(String prefix) {
      Deque<String> segments = new ArrayDeque<>();
      for (Visit visit = this; visit.parent != null; visit = visit.parent) {
        segments.push(MemoryPath.quote(visit.name));
      }
      if (!prefix.isEmpty()) {
        segments.push(prefix);
      }
      return String.join(".", segments);
    }

    /** The dotted path of a memory of this module. */
    String path(String prefix, String memory) {
      String path = path(prefix);
      return path.isEmpty() ? memory : path + "." + memory;
    }
  }
}
