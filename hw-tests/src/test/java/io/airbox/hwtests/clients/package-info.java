/** Programs that people use already, against a real daemon. */
@NullMarked
package io.airbox.hwtests.clients;

import org.jspecify.annotations.NullMarked;
