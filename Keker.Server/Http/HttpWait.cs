namespace Keker.Server.Http;

/// <summary>What an HTTP connection waits for, and so which deadline it has.</summary>
internal enum HttpWait
{
    /// <summary>The rest of a request's head, or the first byte after connecting.</summary>
    Head,

    /// <summary>The next request of a keep-alive connection.</summary>
    Request,

    /// <summary>The rest of a body.</summary>
    Body,

    /// <summary>Answers that are not known yet, before anything more is read. A pass always ends, and publishers say how long they wait: there is no deadline.</summary>
    Answers,

    /// <summary>The peer to take its answers.</summary>
    Send,

    /// <summary>The peer to close after its last answer.</summary>
    Linger,
}
