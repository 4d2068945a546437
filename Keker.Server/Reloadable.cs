using Keker.Server.Net;
using Keker.Server.Net.Systemd;
using Keker.Server.Presence.Hooks;

namespace Keker.Server;

/// <summary>What a reload concerns.</summary>
/// <param name="Server">Has the keys of publishers and of tokens.</param>
/// <param name="Tls">Has the certificate; null without TLS.</param>
/// <param name="Term">Says when that ends.</param>
/// <param name="Hooks">Have a secret; null without hooks.</param>
/// <param name="Manager">Wants to know when it begins and ends; null for nobody.</param>
internal sealed record Reloadable(ServerContext Server, TlsUpgrade? Tls, CertificateTerm? Term, EventHooks? Hooks, ServiceManager? Manager);
