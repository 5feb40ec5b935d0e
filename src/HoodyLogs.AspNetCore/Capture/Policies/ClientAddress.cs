using System.Net;
using System.Net.Sockets;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Client addresses as text, as far as the options show them; an IPv4 address mapped into IPv6 shows as IPv4.</summary>
internal sealed class ClientAddress(ClientAddressMode mode)
{
    private const int KeptIPv4 = 3;
    private const int KeptIPv6 = 6;
    private const int Kept6To4 = 5; // 2002:, and then an IPv4 address

    private readonly DirectMappedCache<Address, string> _texts = new();

    /// <summary>Whether addresses show as they are.</summary>
    public bool IsFull => mode == ClientAddressMode.Full;

    public string? Of(IPAddress? address) =>
        address is null || mode == ClientAddressMode.None ? null : _texts.GetOrMake(new Address(address), mode, Text);

    /// <summary>Replaces an address in a text by what is shown of it.</summary>
    public string Hide(string text, IPAddress? address)
    {
        if (IsFull || address is null) return text;
        var shown = Of(address) ?? RedactionSpans.Replacement;
        text = text.Replace(Plain(address).ToString(), shown, StringComparison.OrdinalIgnoreCase);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? text.Replace(new IPAddress(address.GetAddressBytes()).ToString(), shown, StringComparison.OrdinalIgnoreCase)
            : text;
    }

    private static string Text(Address address, ClientAddressMode mode)
    {
        var plain = Plain(address.Value);
        return (mode == ClientAddressMode.Full ? plain : Truncate(plain)).ToString();
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Truncate(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var kept = bytes.Length == 4 ? KeptIPv4 : bytes is [0x20, 0x02, ..] ? Kept6To4 : KeptIPv6;
        bytes.AsSpan(kept).Clear();
        return new IPAddress(bytes);
    }

    private readonly record struct Address(IPAddress Value);
}
