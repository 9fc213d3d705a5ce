package org.velella.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The backends that are on the class path, and the choice of one. Not a global: whoever runs plans
 * makes one with {@link #load()} and passes it on.
 */
public final class Backends {
  /** The name that asks for the best available backend. */
  public static final String AUTO = "auto";

  private final Map<String, Backend> byName = new LinkedHashMap<>();

  private Backends(Iterable<Backend> backends) {
    List<Backend> sorted = new ArrayList<>();
    backends.forEach(sorted::add);
    sorted.sort(
        Comparator.comparingInt(Backend::preference).reversed().thenComparing(Backend::name));
    sorted.forEach(backend -> byName.putIfAbsent(backend.name(), backend));
  }

  /**
   * The backends that the context class loader sees (on a Spark executor only that one sees jars
   * given by {@code spark.jars}), else those beside this class.
   */
  public static Backends load() {
    Backends found = of(ServiceLoader.load(Backend.class));
    return found.byName.isEmpty()
        ? of(ServiceLoader.load(Backend.class, Backends.class.getClassLoader()))
        : found;
  }

  /** These backends only. */
  public static Backends of(Iterable<Backend> backends) {
    return new Backends(backends);
  }

  /** These backends but some, such as those whose device was lost. */
  public Backends without(Set<String> names) {
    return new Backends(all().stream().filter(backend -> !names.contains(backend.name())).toList());
  }

  /** All backends on the class path, available or not, the preferred first. */
  public List<Backend> all() {
    return List.copyOf(byName.values());
  }

  /** Those that can run here, the preferred first. */
  public List<Backend> available() {
    return byName.values().stream().filter(backend -> backend.availability().available()).toList();
  }

  /**
   * The backend of a name.
   *
   * @throws BackendUnavailableException if none has that name
   */
  public Backend named(String name) {
    Backend backend = byName.get(name);
    if (backend == null && name.equals("cuda")) {
      throw new BackendUnavailableException(
          name,
          Availability.no(
              "no backend of that name is on the class path; there are " + byName.keySet(),
              "Add the velella-gpu jar."));
    }
    if (backend == null) {
      throw BackendUnavailableException.unknown(name, byName.keySet());
    }
    return backend;
  }

  /**
   * Checks that a backend can run here, as the seed's {@code check_backend_library}.
   *
   * @throws BackendUnavailableException with the reason and what to install
   */
  public void check(String name) {
    Backend backend = named(name);
    Availability availability = backend.availability();
    if (!availability.available()) {
      throw new BackendUnavailableException(name, availability);
    }
  }

  /**
   * The backend that a run takes: the named one, which must be available, or for {@value #AUTO} the
   * preferred one that is.
   *
   * @throws BackendUnavailableException if it cannot run here; a named backend never falls back
   */
  public Choice select(String name) {
    if (!name.equals(AUTO)) {
      check(name);
      return new Choice(named(name), "asked for; " + named(name).availability().reason());
    }
    StringBuilder reasons = new StringBuilder();
    for (Backend backend : byName.values()) {
      Availability availability = backend.availability();
      if (availability.available()) {
        reasons.append("using ").append(backend.name()).append(" (");
        return new Choice(backend, reasons.append(availability.reason()).append(')').toString());
      }
      reasons.append(backend.name()).append(": not used, ").append(availability.reason());
      reasons.append("; ");
    }
    throw new BackendUnavailableException(
        AUTO, Availability.no("no backend is on the class path", "Add the velella-core jar."));
  }

  /**
   * A backend and why it was chosen.
   *
   * @param reason for the one log line and the provenance
   */
  public record Choice(Backend backend, String reason) {}
}
