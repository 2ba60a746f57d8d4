package io.airbox.netplan.document;

import io.airbox.netplan.Origin;
import io.airbox.netplan.check.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is written down while files are read. */
final class Notes {
  final Map<String, List<Place>> places = new LinkedHashMap<>();
  final Map<String, Origin> kept = new LinkedHashMap<>();
  final List<Finding> findings = new ArrayList<>();

  void place(String path, Place place) {
    places.computeIfAbsent(path, key -> new ArrayList<>()).add(place);
  }
}
