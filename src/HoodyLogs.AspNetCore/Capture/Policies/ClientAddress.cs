using System.Net;
using System.Net.Sockets;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Formats client addresses as the options require. An IPv4 address that is mapped to IPv6 is formatted as IPv4.</summary>
internal sealed class ClientAddress(ClientAddressMode mode)
{
    private const int KeptIPv4Bytes = 3;
    private const int KeptIPv6Bytes = 6;
    private const int Kept6To4Bytes = 5; // 2002: and the network of an IPv4 address

    private readonly DirectMappedCache<Address, string> _texts = new();

    /// <summary>Whether addresses are neither truncated nor removed.</summary>
    public bool IsFull => mode == ClientAddressMode.Full;

    public string? Format(IPAddress? address) =>
        address is null || mode == ClientAddressMode.None ? null : _texts.GetOrCreate(new Address(address), mode, FormatCore);

    /// <summary>Replaces an address in a text by its formatted address.</summary>
    public string Replace(string text, IPAddress? address)
    {
        if (IsFull || address is null) return text;
        var shown = Format(address) ?? RedactionSpans.Replacement;
        text = text.Replace(Unmap(address).ToString(), shown, StringComparison.OrdinalIgnoreCase);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? text.Replace(new IPAddress(address.GetAddressBytes()).ToString(), shown, StringComparison.OrdinalIgnoreCase)
            : text;
    }

    private static string FormatCore(Address address, ClientAddressMode mode)
    {
        var unmapped = Unmap(address.Value);
        return (mode == ClientAddressMode.Full ? unmapped : Truncate(unmapped)).ToString();
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Truncate(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var kept = bytes.Length == 4 ? KeptIPv4Bytes : bytes is [0x20, 0x02, ..] ? Kept6To4Bytes : KeptIPv6Bytes;
        bytes.AsSpan(kept).Clear();
        return new IPAddress(bytes);
    }

    private readonly record struct Address(IPAddress Value);
}
