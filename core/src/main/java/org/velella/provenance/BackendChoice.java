package org.velella.provenance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The backend of a run.
 *
 * @param name such as {@code vector}
 * @param reason why it was taken, in words
 * @param exceptions by node path, what runs there instead, such as {@code host} for a user's module
 */
public record BackendChoice(String name, String reason, SortedMap<String, String> exceptions) {
  public BackendChoice {
    exceptions = Collections.unmodifiableSortedMap(new TreeMap<>(exceptions));
  }

  ObjectNode toJson() {
    ObjectNode json = CanonicalJson.object().put("name", name).put("reason", reason);
    json.set("exceptions", CanonicalJson.object(exceptions));
    return json;
  }

  static BackendChoice fromJson(JsonFields json) {
    return new BackendChoice(json.text("name"), json.text("reason"), json.strings("exceptions"));
  }
}
