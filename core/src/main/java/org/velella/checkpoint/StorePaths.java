package org.velella.checkpoint;

import java.util.regex.Pattern;

/** The closed alphabet of paths inside a run. */
final class StorePaths {
  private static final String PART = "[A-Za-z0-9_=-][A-Za-z0-9._=-]*";
  private static final Pattern PATH = Pattern.compile(PART + "(?:/" + PART + ")*");
  private static final int MAX_LENGTH = 1024;

  private StorePaths() {}

  static boolean isValid(String path) {
    return path.length() <= MAX_LENGTH && PATH.matcher(path).matches();
  }
}
