namespace Keker.Server.Presence.Hooks;

/// <summary>Why a hook was not taken.</summary>
/// <param name="Reason">In words for a log.</param>
/// <param name="IsMistake">The receiver has understood and refused: that is no trouble of the moment, and somebody has to look at the set-up.</param>
internal sealed record HookFailure(string Reason, bool IsMistake = false);
