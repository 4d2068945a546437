namespace Keker.Server.Http;

/// <summary>What an HTTP connection does after everything that has arrived was looked at.</summary>
internal enum ReadOutcome
{
    /// <summary>No request is under way: nothing has to be kept until more arrives.</summary>
    Idle,

    /// <summary>A request is under way and needs more bytes.</summary>
    NeedMore,

    /// <summary>More has arrived than may be answered at once: send the answers, then go on.</summary>
    AnswersFull,

    /// <summary>A publish may not overtake one before it that waits for room in the same topic.</summary>
    HeldUp,

    /// <summary>It is being found out whether a request may publish: its head is to be read again then.</summary>
    Asking,

    /// <summary>There is no memory for what has arrived of a body: it is still in the input.</summary>
    NoMemory,

    /// <summary>The last answer is written: send it and close.</summary>
    Close,

    /// <summary>101 is written: what follows are frames.</summary>
    Upgraded,
}
