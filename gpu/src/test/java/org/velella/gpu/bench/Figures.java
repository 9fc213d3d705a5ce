package org.velella.gpu.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** One measured figure, as a line of JSON. */
final class Figures {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Object> values = new LinkedHashMap<>();

  Figures(String benchmark, String who) {
    values.put("benchmark", benchmark);
    values.put("who", who);
  }

  Figures with(String name, Object value) {
    values.put(name, value);
    return this;
  }

  String line() {
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
