/** Model packs: the manifest, its validation, checks of the files and the importer. */
@NullMarked
package io.airbox.generation.pack;

import org.jspecify.annotations.NullMarked;
