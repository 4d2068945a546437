using System.Net.Sockets;
using System.Text;

namespace Keker.Tests.EndToEnd;

/// <summary>A service manager that is told how a process is.</summary>
internal sealed class NotifyReceiver : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[4096];

    /// <param name="address">A path, or <c>@</c> and a name in the abstract name space.</param>
    public NotifyReceiver(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address));
    }

    public string Address { get; }

    /// <summary>The lines of the next message that is none of those that only say that all is well.</summary>
    public async Task<string[]> ReadStateAsync()
    {
        string[] lines;
        do
            lines = await ReadAsync();
        while (lines[0] == "WATCHDOG=1");
        return lines;
    }

    /// <summary>The lines of the next message.</summary>
    public async Task<string[]> ReadAsync()
    {
        int length = await _socket.ReceiveAsync(_buffer).Soon("the process to tell something");
        return Encoding.UTF8.GetString(_buffer, 0, length).Split('\n');
    }

    public void Dispose() => _socket.Dispose();
}
