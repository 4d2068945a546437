using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Keker.Protocol.Tokens;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Access;

/// <summary>The backend that is asked who somebody is. Thread-safe.</summary>
internal sealed class AuthBackend : IDisposable
{
    /// <summary>Questions at a time; more wait for their turn, in order.</summary>
    private const int MostAtATime = 256;

    private const int MostAnswerBytes = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Who has waited so long for a turn is told to come back: whoever asks is gone by then or will be, and questions of the gone would stand before those of who comes back.
    /// </summary>
    private static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(30);

    private static readonly MediaTypeHeaderValue JsonType = new("application/json");

    private readonly Uri _url;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly HttpClient _client = Outgoing.CreateClient(MostAtATime);
    private readonly SemaphoreSlim _turns = new(MostAtATime);
    private readonly BackendAnswers _answers = new();
    private int _isFailing;

    /// <param name="url">Where it is asked.</param>
    /// <param name="timeProvider">The time of answers.</param>
    /// <param name="log">Is told when it cannot decide, and when it can again.</param>
    public AuthBackend(Uri url, TimeProvider timeProvider, ILogger log)
    {
        _url = url;
        _timeProvider = timeProvider;
        _log = log;
    }

    private long Now => _timeProvider.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Finds an answer that is still fresh.</summary>
    public Decision? Find(UInt128 hash) => _answers.Find(hash, Now);

    /// <summary>Asks.</summary>
    /// <param name="authInfo">What was said, valid UTF-8.</param>
    /// <param name="visitor">Who said it.</param>
    /// <param name="cancellation">Whoever said it is gone.</param>
    public async Task<Decision> AskAsync(byte[] authInfo, Visitor visitor, CancellationToken cancellation = default)
    {
        if (!await TryTakeTurnAsync(cancellation).ConfigureAwait(false))
            return Decision.Refuse(RefusalReason.Undecided);
        try
        {
            using var patience = new CancellationTokenSource(Patience, _timeProvider);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ReadOnlyMemoryContent(Question(authInfo, visitor)) };
            request.Content.Headers.ContentType = JsonType;
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            Decision decision = await ReadAsync(response, deadline.Token).ConfigureAwait(false);
            if (Outgoing.FreshFor(response) is { } fresh && fresh >= TimeSpan.FromSeconds(1))
                _answers.Add(VerifiedTokens.HashOf(authInfo), decision, Now + (long)Math.Min(fresh.TotalSeconds, TimeSpan.FromDays(1).TotalSeconds));
            if (Interlocked.Exchange(ref _isFailing, 0) != 0)
                _log.BackendDecides();
            return decision;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Decision.Refuse(RefusalReason.Undecided);
        }
        catch (Exception e) when (Outgoing.IsFailure(e) || e is FormatException)
        {
            if (Interlocked.Exchange(ref _isFailing, 1) == 0)
                _log.BackendUndecided(e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : e.Message);
            return Decision.Refuse(RefusalReason.Undecided);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _turns.Dispose();
    }

    private async Task<bool> TryTakeTurnAsync(CancellationToken cancellation)
    {
        if (_turns.Wait(0, CancellationToken.None))
            return true;
        using var patience = new CancellationTokenSource(TurnPatience, _timeProvider);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await _turns.WaitAsync(deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static ReadOnlyMemory<byte> Question(byte[] authInfo, Visitor visitor)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("auth_info", authInfo);
            WriteText(writer, "origin"u8, visitor.Origin);
            writer.WriteString("address", visitor.Address.Length == 0 ? null : new IPAddress(visitor.Address).ToString());
            WriteText(writer, "user_agent"u8, visitor.UserAgent);
            writer.WriteEndObject();
        }
        return json.WrittenMemory;
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, byte[]? text)
    {
        if (text is null)
            writer.WriteNull(name);
        else
            writer.WriteString(name, text);
    }

    /// <exception cref="FormatException">It is no answer.</exception>
    private async Task<Decision> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return Decision.Refuse(RefusalReason.Backend);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new FormatException($"the answer is {(int)response.StatusCode}");
        byte[] json = await Outgoing.ReadAsync(response, MostAnswerBytes, cancellation).ConfigureAwait(false);
        if (TokenClaims.ReadAnswer(json) is not { Subject: { } token, ExpiresAt: null or > 0 } claims)
            throw new FormatException("the answer is not {\"token\",\"expires_in\",\"channels\",\"subscribe\"}");
        return Decision.Allow(new Grant
        {
            Token = token,
            EndsAt = claims.ExpiresAt is { } seconds ? Now + seconds : Grant.Never,
            Channels = claims.Channels,
            Topics = Grant.TopicsOf(claims.Channels, claims.Subscribe),
        });
    }
}
