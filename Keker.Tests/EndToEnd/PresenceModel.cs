using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Keker.Tests.EndToEnd;

/// <summary>What a backend knows of who is online, from hooks and lists alone.</summary>
internal sealed class PresenceModel(string secret, string key)
{
    private readonly Lock _lock = new();
    private HashSet<string> _online = [];
    private string _boot = "";
    private long _seq;

    /// <summary>Where the list can be had now.</summary>
    public IPEndPoint? Keker { get; set; }

    /// <summary>What went wrong that must not.</summary>
    public List<string> Mistakes { get; } = [];

    public int Snapshots { get; private set; }

    /// <summary>All events, as "name of".</summary>
    public List<string> Events { get; } = [];

    public HashSet<string> Online
    {
        get { lock (_lock) return [.. _online]; }
    }

    public async Task<int> TakeAsync(byte[] body, string? signature)
    {
        string expected = $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), body))}";
        if (signature != expected)
            Mistakes.Add($"signature {signature}");
        foreach (JsonElement each in JsonDocument.Parse(body).RootElement.EnumerateArray())
        {
            if (!await TryApplyAsync(each))
                return 500;
        }
        return 200;
    }

    private async Task<bool> TryApplyAsync(JsonElement each)
    {
        long seq = each.GetProperty("seq").GetInt64();
        string name = each.GetProperty("event").GetString()!;
        bool isOfThisBoot = each.GetProperty("boot").GetString() == _boot;

        // It was had, and the answer did not arrive.
        if (isOfThisBoot && seq <= _seq)
            return true;
        if (name == "reset" || !isOfThisBoot)
            return await TryReadListAsync();
        if (seq != _seq + 1)
            Mistakes.Add($"{name} is number {seq} after {_seq}");
        lock (_lock)
        {
            string of = each.TryGetProperty("token", out JsonElement token) ? token.GetString()! : $"#{each.GetProperty("topic").GetString()}";
            Events.Add($"{name} {of}");
            if (name is "online" or "occupied")
                _online.Add(of);
            else if (name is "offline" or "vacated")
                _online.Remove(of);
            _seq = seq;
        }
        return true;
    }

    private async Task<bool> TryReadListAsync()
    {
        // It has just started, and the first event is quicker than who has started it.
        if (Keker is not { } keker)
            return false;
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://{keker}") };
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            string[] lines = (await http.GetStringAsync("/v1/online")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            JsonElement first = JsonDocument.Parse(lines[0]).RootElement;
            lock (_lock)
            {
                _boot = first.GetProperty("boot").GetString()!;
                _seq = first.GetProperty("seq").GetInt64();
                _online = [.. lines.Skip(1).Select(line => JsonDocument.Parse(line).RootElement)
                    .Select(line => line.TryGetProperty("token", out JsonElement token) ? token.GetString()! : $"#{line.GetProperty("topic").GetString()}")];
                Snapshots++;
            }
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // It is being killed; the events come again.
            return false;
        }
    }
}
