namespace Keker.Server.Presence.Hooks;

/// <summary>What a backend is told.</summary>
internal enum HookEventKind
{
    /// <summary>Events are missing: who is online is to be asked for.</summary>
    Reset,

    /// <summary>The first session of a token has come.</summary>
    Online,

    /// <summary>The last session of a token went a while ago, and none has come since.</summary>
    Offline,

    /// <summary>A topic has a subscriber.</summary>
    Occupied,

    /// <summary>A topic has none any more.</summary>
    Vacated,

    /// <summary>A message with a time of its own has gone that nobody has had.</summary>
    Expired,
}
