// What a host site adds to its pages so that the assistant knows its signed-in visitor (docs/integrer-identite.md).
document.querySelector("cnfs-assistant")?.setIdentity(async (challenge) => {
  const response = await fetch(`/portail/jeton?defi=${encodeURIComponent(challenge)}`, { method: "POST" });
  return response.status === 200 ? (await response.json()).token : null;
});
