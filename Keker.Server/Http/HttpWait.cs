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

    /// <summary>Room in a topic. A pass always ends, so there is no deadline.</summary>
    Room,

    /// <summary>Confirmations of a message. The publisher has said how long, and it is not read from meanwhile.</summary>
    Receipt,

    /// <summary>The peer to take its answers.</summary>
    Send,

    /// <summary>The peer to close after its last answer.</summary>
    Linger,
}
