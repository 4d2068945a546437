using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>
/// A client of the DevTools protocol or of WebDriver BiDi, which agree in this: JSON calls with ids, answered by results with the same ids, and events
/// in between. Thread-safe.
/// </summary>
internal sealed class BrowserWire : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _calls = new();
    private Task _receiving = Task.CompletedTask;
    private int _lastId;

    /// <summary>Gets the session (empty in BiDi), the name and the parameters of each event.</summary>
    public event Action<string, string, JsonNode>? Happened;

    public static async Task<BrowserWire> ConnectAsync(Uri address)
    {
        var wire = new BrowserWire();
        await wire._socket.ConnectAsync(address, CancellationToken.None).Soon("the browser to talk");
        wire._receiving = wire.ReceiveAsync();
        return wire;
    }

    /// <summary>Calls a method and returns its result; an error of the browser becomes an exception.</summary>
    /// <param name="method">Domain and name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="session">In DevTools the page it is for, or null for the browser.</param>
    public async Task<JsonNode> CallAsync(string method, JsonObject? parameters = null, string? session = null)
    {
        int id = Interlocked.Increment(ref _lastId);
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
            call["sessionId"] = session;
        TaskCompletionSource<JsonNode> answer = _calls[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
        return await answer.Task.Soon(method);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var message = new ArrayBufferWriter<byte>();
        while (_socket.State == WebSocketState.Open)
        {
            ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(message.GetMemory(16 << 10), CancellationToken.None);
            message.Advance(received.Count);
            if (!received.EndOfMessage || received.MessageType != WebSocketMessageType.Text)
                continue;
            OnMessage(JsonNode.Parse(message.WrittenSpan)!);
            message.Clear();
        }
    }

    private void OnMessage(JsonNode message)
    {
        if (message["id"] is not { } id)
            Happened?.Invoke((string?)message["sessionId"] ?? "", (string)message["method"]!, message["params"]!);
        else if (_calls.TryRemove((int)id, out TaskCompletionSource<JsonNode>? call))
        {
            if (message["result"] is { } result)
                call.SetResult(result);
            else
                call.SetException(new InvalidOperationException($"the browser refused a call: {message.ToJsonString()}"));
        }
    }
}
