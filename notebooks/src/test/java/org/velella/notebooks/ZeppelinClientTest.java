package org.velella.notebooks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.velella.notebooks.Message.Kind;
import org.velella.notebooks.NoteRunner.Outcome;

/** The client against a server that answers as Zeppelin's documentation says. */
class ZeppelinClientTest {
  private final List<String> requests = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    requests.add((request + " " + body).strip());
    byte[] answer = answer(request, body).getBytes(UTF_8);
    exchange.sendResponseHeaders(answer.length == 0 ? 500 : 200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static String answer(String request, String body) {
    return switch (request) {
      case "POST /api/notebook/import?notePath=%2Fa%2Fb" ->
          body.isEmpty() ? "" : "{\"status\": \"OK\", \"body\": \"N1\"}";
      case "GET /api/notebook/N1" ->
          "{\"status\": \"OK\", \"body\": {\"paragraphs\": [{\"id\": \"p1\", \"text\": \"%md\\n# A\"},"
              + " {\"id\": \"p0\"}, {\"id\": \"p2\", \"text\": \"%spark\\nb\"},"
              + " {\"id\": \"p3\", \"text\": \"%spark.sql\\nc\"}, {\"id\": \"p4\", \"text\": \"d\"}]}}";
      case "POST /api/notebook/run/N1/p1" ->
          "{\"status\": \"OK\", \"body\": {\"code\": \"SUCCESS\", \"msg\":"
              + " [{\"type\": \"HTML\", \"data\": \"<h1>A<br></h1>\"}]}}";
      case "POST /api/notebook/run/N1/p2" ->
          "{\"status\": \"OK\", \"body\": {\"code\": \"SUCCESS\", \"msg\":"
              + " [{\"type\": \"TEXT\", \"data\": \"x\\n\"}, {\"type\": \"TABLE\", \"data\":"
              + " \"a\\tb\\n1\\t2\\n\"}, {\"type\": \"HTML\", \"data\": \"<i/>\"}]}}";
      case "POST /api/notebook/run/N1/p3" ->
          "{\"status\": \"INTERNAL_SERVER_ERROR\", \"body\": {\"code\": \"ERROR\", \"msg\":"
              + " [{\"type\": \"TEXT\", \"data\": \"no table c\"}]}}";
      case "DELETE /api/notebook/N1" -> "{\"status\": \"OK\", \"message\": \"\"}";
      default -> "";
    };
  }

  private ZeppelinClient client() {
    return new ZeppelinClient("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Test
  void paragraphsRunInOrderUpToTheFirstThatFails() throws Exception {
    List<Outcome> outcomes = client().run("{}", "/a/b", Map.of("folder", "f"));
    assertThat(outcomes).extracting(Outcome::finished).containsExactly(true, true, false);
    assertThat(outcomes.get(0).messages()).isEmpty();
    assertThat(outcomes.get(1).messages())
        .extracting(Message::kind)
        .containsExactly(Kind.TEXT, Kind.TABLE, Kind.HTML);
    assertThat(outcomes.get(1).messages().get(1).rows())
        .containsExactly(List.of("a", "b"), List.of("1", "2"));
    assertThat(outcomes.get(2).output()).contains("no table c");
    assertThat(requests)
        .containsExactly(
            "POST /api/notebook/import?notePath=%2Fa%2Fb {}",
            "GET /api/notebook/N1",
            "POST /api/notebook/run/N1/p1 {\"params\":{\"folder\":\"f\"}}",
            "POST /api/notebook/run/N1/p2 {\"params\":{\"folder\":\"f\"}}",
            "POST /api/notebook/run/N1/p3 {\"params\":{\"folder\":\"f\"}}",
            "DELETE /api/notebook/N1");
  }

  @Test
  void aServerThatDoesNotUnderstandIsNamed() {
    assertThatThrownBy(() -> client().run("{}", "/other", Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/api/notebook/import")
        .hasMessageContaining("500");
  }
}
