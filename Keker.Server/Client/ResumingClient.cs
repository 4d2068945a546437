using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Net;
using Keker.Server.Options;

namespace Keker.Server.Client;

/// <summary>
/// Follows a token and topics across breaks of the connection: it connects again after a random time and goes on behind the last message that was handled.
/// The rules are those of the client module for pages. Runs once.
/// </summary>
/// <param name="url">The server.</param>
/// <param name="interest">What to follow.</param>
/// <param name="handler">Takes the messages, in order.</param>
/// <param name="note">Takes what else there is to know, a line each.</param>
/// <param name="timeProvider">The time of pauses.</param>
internal sealed class ResumingClient(ServerUrl url, Interest interest, MessageHandler handler, Action<string> note, TimeProvider timeProvider)
{
    /// <summary>The largest body and the line before it.</summary>
    private const int MostMessageBytes = (int)Values.MostBodyBytes + MessageLine.MaxLength;

    /// <summary>Leaves the messages wanted.</summary>
    private const ushort GoingToReturn = 3000;

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    /// <summary>The server pings more often, unless its --timeout is unusual.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private static readonly string Own = Encoding.ASCII.GetString(TopicName.OwnToken);

    private readonly Dictionary<string, MessageId> _ids = interest.Known is null ? [] : new() { [interest.Known] = interest.Id };
    private readonly BackOff _backOff = new(timeProvider, Random.Shared);
    private readonly HashSet<string> _joining = [];

    /// <summary>Runs until it is stopped, and says goodbye then.</summary>
    /// <exception cref="ClientException">Trying again would not help.</exception>
    /// <exception cref="IOException">The handler threw it.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                note($"{await ListenAsync(stop).ConfigureAwait(false)}; trying again");
                await Task.Delay(_backOff.Next(), timeProvider, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // It has been told to.
            }
        }
    }

    /// <summary>One connection.</summary>
    /// <returns>Why it ended, where another attempt may help.</returns>
    private async Task<string> ListenAsync(CancellationToken stop)
    {
        WebSocketClient socket;
        try
        {
            socket = await OpenAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or HandshakeException { IsPassing: false })
        {
            throw new ClientException($"{url}: {ClientException.Reason(e)}", e);
        }
        catch (Exception e) when (e is HandshakeException or SocketException or IOException)
        {
            return $"cannot connect to {url}: {ClientException.Reason(e)}";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"cannot connect to {url}: no answer within {ConnectTime.TotalSeconds:0} s";
        }

        await using (socket.ConfigureAwait(false))
            return await ListenAsync(socket, stop).ConfigureAwait(false);
    }

    private async Task<WebSocketClient> OpenAsync(CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(ConnectTime);
        Stream stream = url.UnixPath is { } path
            ? await Dial.ConnectAsync(path, deadline.Token).ConfigureAwait(false)
            : await Dial.ConnectAsync(url.Host, url.Port, deadline.Token).ConfigureAwait(false);
        if (url.IsSecure)
            stream = await Dial.SecureAsync(stream, url.Host, deadline.Token).ConfigureAwait(false);
        return await WebSocketClient.OpenAsync(stream, url, MostMessageBytes, deadline.Token).ConfigureAwait(false);
    }

    private async Task<string> ListenAsync(WebSocketClient socket, CancellationToken stop)
    {
        try
        {
            await socket.SendAsync(WithId($"HELLO {interest.Token}", Own), stop).ConfigureAwait(false);
            return await ReceiveAllAsync(socket, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await socket.CloseAsync(CloseCode.Normal).ConfigureAwait(false);
            throw;
        }
        catch (IOException e)
        {
            return $"the connection broke: {ClientException.Reason(e)}";
        }
    }

    private async Task<string> ReceiveAllAsync(WebSocketClient socket, CancellationToken stop)
    {
        bool isAsked = false;
        while (true)
        {
            // Messages that have arrived already make no wait, at which it would be noticed.
            stop.ThrowIfCancellationRequested();
            Reception reception;
            try
            {
                reception = await socket.ReceiveAsync(isAsked ? AnswerTime : Quiet, stop).ConfigureAwait(false);
                isAsked = false;
            }
            catch (TimeoutException) when (isAsked)
            {
                return "the network has fallen silent";
            }
            catch (TimeoutException)
            {
                // A ping of WebSocket would be answered by a proxy.
                isAsked = true;
                await socket.SendAsync("PING", stop).ConfigureAwait(false);
                continue;
            }

            if (reception == Reception.End)
                return Ended(socket.CloseCode, socket.CloseReason);
            switch (Take(socket.Message.Span, reception == Reception.Text))
            {
                case ServerLineKind.Welcome:
                    await JoinAsync(socket, stop).ConfigureAwait(false);
                    break;
                case ServerLineKind.Error:
                    await socket.CloseAsync(GoingToReturn).ConfigureAwait(false);
                    return "the server is short of memory";
                default:
                    break;
            }
        }
    }

    private async Task JoinAsync(WebSocketClient socket, CancellationToken stop)
    {
        _backOff.OnWelcome();
        _joining.Clear();
        _joining.UnionWith(interest.Topics);
        NoteIfConnected();
        foreach (string topic in interest.Topics)
            await socket.SendAsync(WithId($"SUBSCRIBE {topic}", topic), stop).ConfigureAwait(false);
    }

    /// <returns>What it is; Error only where the connection has to be opened again.</returns>
    private ServerLineKind Take(ReadOnlySpan<byte> message, bool isText)
    {
        ServerLine line = ServerLine.Parse(message);
        string name = Encoding.UTF8.GetString(line.Name);
        switch (line.Kind)
        {
            case ServerLineKind.Message:
                handler(line, isText);
                // After the handler: what it could not take is asked for again.
                Keep(name, line.Id);
                break;
            case ServerLineKind.Gap:
                note($"gap: messages of {Describe(name)} are gone for good, those after {line.Id.ToText()} up to {line.To.ToText()}");
                Keep(name, line.To);
                break;
            case ServerLineKind.Welcome:
                _ids.TryAdd(Own, line.Id);
                break;
            case ServerLineKind.Subscribed when _joining.Remove(name):
                // Who has got nothing yet can go on from here.
                _ids.TryAdd(name, line.Id);
                NoteIfConnected();
                break;
            case ServerLineKind.Error:
                return Refused(name, Encoding.UTF8.GetString(line.Rest)) ? ServerLineKind.Error : ServerLineKind.Unknown;
            default:
                break;
        }
        return line.Kind;
    }

    /// <summary>Broadcasts are not resumed, and a topic that nobody asked for comes with the HELLO.</summary>
    private void Keep(string name, MessageId id)
    {
        if (name == Own || interest.Topics.Contains(name))
            _ids[name] = id;
    }

    private void NoteIfConnected()
    {
        if (_joining.Count == 0)
            note($"connected to {url}");
    }

    /// <returns>Whether it is worth another attempt.</returns>
    private bool Refused(string code, string text)
    {
        if (code == Encoding.ASCII.GetString(ErrorCode.TryLater.Word()))
            return true;
        if (code == Encoding.ASCII.GetString(ErrorCode.NotAllowed.Word()))
            throw new ClientException($"the server does not allow the topic {text}");
        if (code == Encoding.ASCII.GetString(ErrorCode.TooManyTopics.Word()) || code == Encoding.ASCII.GetString(ErrorCode.BadTopic.Word()))
            throw new ClientException($"the server does not take a topic: {code} {text}");
        note($"the server says: {code} {text}");
        return false;
    }

    /// <returns>Why, where another attempt may help.</returns>
    private static string Ended(int code, string reason)
    {
        string what = code != WebSocketClient.Broken ? $"the server has closed the connection: {code} {reason}".TrimEnd()
            : reason.Length > 0 ? reason : "the connection broke";
        return code switch
        {
            CloseCode.Unauthorized => throw new ClientException($"the token is not valid, or no longer ({what}): get a fresh one") { IsTokenOver = true },
            CloseCode.ProtocolError or CloseCode.UnsupportedData or CloseCode.InvalidPayload or CloseCode.PolicyViolation or CloseCode.MessageTooBig or CloseCode.Forbidden
                => throw new ClientException(what),
            _ => what,
        };
    }

    private string WithId(string command, string name) => _ids.TryGetValue(name, out MessageId id) ? $"{command} {id.ToText()}" : command;

    private static string Describe(string name) => name == Own ? "the token" : $"topic {name}";
}
