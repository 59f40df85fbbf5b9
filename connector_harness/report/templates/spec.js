(function () {
  "use strict";
  var form = document.getElementById("filter");
  var text = document.getElementById("ft"), result = document.getElementById("fr");
  var tag = document.getElementById("fg"), told = document.getElementById("fo");
  var none = document.getElementById("none");
  var articles = [].slice.call(document.querySelectorAll("article.sc"));
  var words = new Map();
  function wordsOf(article) {
    var known = words.get(article);
    if (known === undefined) {
      var above = article.closest(".ch").querySelector("h3").textContent;
      known = (above + " " + article.textContent).toLowerCase();
      words.set(article, known);
    }
    return known;
  }
  function holds(list, word) {
    return !word || (" " + list + " ").indexOf(" " + word + " ") >= 0;
  }
  function hideEmpty(selector) {
    document.querySelectorAll(selector).forEach(function (each) {
      each.hidden = !each.querySelector("article.sc:not([hidden])");
    });
  }
  function apply() {
    var asked = text.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    articles.forEach(function (article) {
      var fits = holds(article.dataset.r, result.value) && holds(article.dataset.t, tag.value) &&
        asked.every(function (word) { return wordsOf(article).indexOf(word) >= 0; });
      article.hidden = !fits;
      if (fits) {
        var rows = article.querySelectorAll("tr[data-r]");
        rows.forEach(function (row) { row.hidden = !holds(row.dataset.r, result.value); });
        shown += rows.length ? article.querySelectorAll("tr[data-r]:not([hidden])").length : 1;
      }
    });
    hideEmpty(".rule");
    hideEmpty(".ch");
    hideEmpty(".part");
    none.hidden = shown > 0;
    var filtered = asked.length || result.value || tag.value;
    told.textContent = filtered ? shown + (shown === 1 ? " scenario" : " scenarios") : "";
  }
  function showAll() {
    form.reset();
    apply();
  }
  var waiting = 0;
  text.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 150);
  });
  result.addEventListener("change", apply);
  tag.addEventListener("change", apply);
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
  none.querySelector("a").addEventListener("click", showAll);
  function unfold(target) {
    var folded = false;
    for (var each = target; each; each = each.parentElement) {
      if (each.tagName === "DETAILS" && !each.open) {
        each.open = folded = true;
      }
    }
    return folded;
  }
  function follow() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var hidden = target && target.closest("[hidden]");
    if (hidden) {
      showAll();
    }
    if (target && (unfold(target) || hidden)) {
      target.scrollIntoView();
    }
  }
  addEventListener("hashchange", follow);
  form.hidden = false;
  apply();
  follow();
})();
