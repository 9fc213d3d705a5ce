package org.velella.module;

/** Stable names for what went wrong in the seed API; see {@link ModuleException#error()}. */
public enum ModuleError {
  /** A memory or child name is already in use in that module. */
  NAME_TAKEN,
  /** A name is empty or holds a character that paths need. */
  NAME_INVALID,
  /** No memory of that name was registered. */
  UNKNOWN_MEMORY,
  /** The memory's reset value was cleared. */
  NO_RESET_VALUE,
  /** A list of memories has another length than the module's. */
  MEMORY_COUNT,
  /** A list of memories names others than the module's, or orders them differently. */
  MEMORY_NAME,
  /** A memory's value is of another kind, such as a queue where a tensor stands. */
  MEMORY_KIND,
  /** A memory's tensor has another element type. */
  MEMORY_DTYPE,
  /** A memory's tensor has another shape. */
  MEMORY_SHAPE,
  /** A memory's number is out of the range of what the memory holds. */
  MEMORY_VALUE,
  /** The step mode is unknown, unsupported, or does not fit the container. */
  STEP_MODE,
  /** The backend is not one that the module supports. */
  BACKEND,
  /** The module lacks the forward that was asked for. */
  NOT_IMPLEMENTED,
  /** Too few or too many inputs. */
  INPUT_COUNT,
  /** An input has a shape that the module cannot take. */
  INPUT_SHAPE,
  /** An input has an element type that the module cannot take. */
  INPUT_DTYPE,
  /** More or fewer outputs than were asked for. */
  OUTPUT_COUNT,
  /** Outputs of different steps differ in shape or type and cannot be stacked. */
  OUTPUTS_DIFFER,
  /** Modules are nested deeper than the stack, or hold themselves. */
  TOO_DEEP,
  /** No engine is on the class path that could run a built-in module. */
  ENGINE_MISSING,
  /** A host operation's class cannot be loaded, built or described. */
  HOST_CLASS
}
