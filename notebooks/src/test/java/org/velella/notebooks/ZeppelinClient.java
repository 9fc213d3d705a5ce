package org.velella.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.velella.notebooks.Note.Paragraph;
import org.velella.notebooks.NoteRunner.Outcome;

/** Runs notes in a Zeppelin server, over its REST interface. */
final class ZeppelinClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The first paragraph waits until an interpreter and its Spark have started. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI server;

  /**
   * A client.
   *
   * @param server such as {@code http://host:8080}
   */
  ZeppelinClient(String server) {
    this.server = URI.create(server.endsWith("/") ? server : server + "/");
  }

  /**
   * Imports a note, runs its paragraphs up to the first that fails, and removes it again.
   *
   * @param note what Zeppelin exports and imports
   * @param path under which it is imported
   * @param forms what a user puts into the forms
   */
  List<Outcome> run(String note, String path, Map<String, String> forms)
      throws IOException, InterruptedException {
    String place = "import?notePath=" + URLEncoder.encode(path, StandardCharsets.UTF_8);
    String id = send("POST", place, note).asText();
    try {
      List<Outcome> outcomes = new ArrayList<>();
      for (JsonNode paragraph : send("GET", id, "").required("paragraphs")) {
        String text = paragraph.path("text").asText("");
        if (text.isBlank()) {
          continue;
        }
        ObjectNode request = JSON.createObjectNode();
        forms.forEach(request.putObject("params")::put);
        JsonNode result =
            send("POST", "run/" + id + "/" + paragraph.required("id").asText(), request.toString());
        outcomes.add(outcome(Paragraph.parse(text), result));
        if (!outcomes.get(outcomes.size() - 1).finished()) {
          break;
        }
      }
      return outcomes;
    } finally {
      send("DELETE", id, "");
    }
  }

  private static Outcome outcome(Paragraph paragraph, JsonNode result) {
    boolean finished = result.required("code").asText().equals("SUCCESS");
    StringBuilder output = new StringBuilder();
    for (JsonNode message : result.path("msg")) {
      String kind = message.required("type").asText().toLowerCase(Locale.ROOT);
      output.append("\n\n%").append(kind).append(' ').append(message.required("data").asText());
    }
    // Rendered Markdown is Zeppelin's, not the note's.
    boolean rendered = finished && paragraph.interpreter().equals("md");
    return new Outcome(paragraph, finished, rendered ? "" : output.toString());
  }

  /** What the answer holds. */
  private JsonNode send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("api/notebook/" + path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    JsonNode answer;
    try {
      answer = JSON.readTree(response.body());
    } catch (IOException e) {
      answer = JSON.createObjectNode();
    }
    // A paragraph that fails is an answer, too, of another status.
    if (answer.path("body").has("code") || answer.path("status").asText().equals("OK")) {
      return answer.path("body");
    }
    throw new IOException(
        "%s answered %d to %s: %s"
            .formatted(request.uri(), response.statusCode(), method, response.body()));
  }
}
