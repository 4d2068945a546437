namespace Keker.Server.Net;

/// <summary>What a <see cref="Loop"/> polls.</summary>
internal interface IPolled
{
    /// <summary>Its descriptor.</summary>
    int Descriptor { get; }

    /// <summary>Tells it from an earlier one that had the same descriptor; the loop's.</summary>
    uint Generation { get; set; }

    /// <summary>What the loop has seen. On the loop's thread; what is thrown is logged.</summary>
    /// <param name="events">Those of epoll.</param>
    void OnEvents(uint events);
}
