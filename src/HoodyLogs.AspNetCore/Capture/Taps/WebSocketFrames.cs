using System.Buffers.Binary;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>
/// Reads the frame headers of one direction of a WebSocket (RFC 6455) to find the close frame. Takes one step for each frame, not for each byte, and keeps
/// at most 16 bytes.
/// </summary>
internal struct WebSocketFrames
{
    private const int CloseOpcode = 8;
    private const int StatusLength = 2;

    private HeaderBytes _header;
    private int _headerLength;
    private long _skip;

    /// <summary>Whether the close frame was found.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The status of the close frame; 0 if it has none.</summary>
    public int CloseStatus { get; private set; }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsClosed)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
            ReadHeader();
        }
    }

    private void ReadHeader()
    {
        ReadOnlySpan<byte> header = _header;
        header = header[.._headerLength];
        if (header.Length < 2) return;
        var isMasked = (header[1] & 0x80) != 0;
        var shortLength = header[1] & 0x7F;
        var lengthBytes = shortLength switch { 126 => 2, 127 => 8, _ => 0 };
        var headerSize = 2 + lengthBytes + (isMasked ? 4 : 0);
        if (header.Length < headerSize) return;
        if ((header[0] & 0x0F) == CloseOpcode)
        {
            ReadClose(header, headerSize, shortLength, isMasked);
            return;
        }

        _skip = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            8 => BinaryPrimitives.ReadInt64BigEndian(header[2..]) & long.MaxValue,
            _ => shortLength,
        };
        _headerLength = 0;
    }

    private void ReadClose(ReadOnlySpan<byte> header, int headerSize, int length, bool isMasked)
    {
        if (length >= StatusLength)
        {
            if (header.Length < headerSize + StatusLength) return;
            var status = BinaryPrimitives.ReadUInt16BigEndian(header[headerSize..]);
            if (isMasked) status ^= BinaryPrimitives.ReadUInt16BigEndian(header[(headerSize - 4)..]);
            CloseStatus = status;
        }

        IsClosed = true;
    }

    /// <summary>The longest header has 14 bytes. That of a close frame has 6, and its status 2.</summary>
    [System.Runtime.CompilerServices.InlineArray(16)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
