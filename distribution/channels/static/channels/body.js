/* The pictures and videos of the body as the editor's form holds them, in their order: what previews and routing rules are told of it. */
(() => {
  "use strict";
  const KINDS = ["image", "video"];

  window.newsroomBody = () => {
    const value = (name) => document.querySelector(`[name="${name}"]`)?.value ?? "";
    return [...document.querySelectorAll('[name^="body-"][name$="-type"]')]
      .filter((field) => /^body-\d+-type$/.test(field.name) && KINDS.includes(field.value))
      .map((field) => ({ kind: field.value, block: field.name.replace("-type", "") }))
      .filter(({ block }) => !value(`${block}-deleted`))
      .sort((one, other) => Number(value(`${one.block}-order`)) - Number(value(`${other.block}-order`)))
      .map(({ kind, block }) => ({ kind, id: value(`${block}-value-${kind}`) }))
      .filter(({ id }) => id);
  };
})();
