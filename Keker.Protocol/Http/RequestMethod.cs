namespace Keker.Protocol.Http;

/// <summary>The methods of RFC 9110, section 9, and PATCH (RFC 5789).</summary>
public enum RequestMethod : byte
{
    /// <summary>No request line has been parsed yet; a method outside this list fails with 501.</summary>
    Unknown,

    /// <summary>GET.</summary>
    Get,

    /// <summary>HEAD.</summary>
    Head,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>POST.</summary>
    Post,

    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>OPTIONS.</summary>
    Options,

    /// <summary>TRACE.</summary>
    Trace,

    /// <summary>CONNECT; never seen on a complete head, since a tunnel is refused while parsing.</summary>
    Connect,

    /// <summary>PATCH.</summary>
    Patch,
}
