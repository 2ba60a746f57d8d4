package io.airbox.hwtests.abuse;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AbuseIT {
  @TempDir static Path data;
  private static Box box;

  @BeforeAll
  static void start() {
    box =
        new Box(
            data,
            Map.of(
                "http.port", "0",
                "http.body.limit", "1MB",
                "http.read.timeout", "1s",
                "http.idle.timeout", "2s",
                "http.sse.heartbeat", "500ms"));
  }

  @AfterAll
  static void stop() {
    box.close();
  }

  @TestFactory
  @Order(30)
  Stream<DynamicTest> hosts() {
    return new HttpAbuses(box).hosts();
  }

  @TestFactory
  @Order(31)
  Stream<DynamicTest> paths() {
    return new HttpAbuses(box).paths();
  }

  @TestFactory
  @Order(32)
  Stream<DynamicTest> bodies() {
    return new HttpAbuses(box).bodies();
  }

  @TestFactory
  @Order(33)
  Stream<DynamicTest> smuggling() {
    return new HttpAbuses(box).smuggling();
  }

  @TestFactory
  @Order(34)
  Stream<DynamicTest> headers() {
    return new HttpAbuses(box).headers();
  }

  @TestFactory
  @Order(40)
  Stream<DynamicTest> json() {
    return new ContentAbuses(box).json();
  }

  @TestFactory
  @Order(41)
  Stream<DynamicTest> pictures() {
    return new ContentAbuses(box).pictures();
  }

  @TestFactory
  @Order(42)
  Stream<DynamicTest> markup() {
    return new ContentAbuses(box).markup();
  }

  @TestFactory
  @Order(50)
  Stream<DynamicTest> slow() {
    return new LoadAbuses(box, 64, 400).slow();
  }

  @TestFactory
  @Order(51)
  Stream<DynamicTest> floods() {
    return new LoadAbuses(box, 64, 400).floods();
  }
}
