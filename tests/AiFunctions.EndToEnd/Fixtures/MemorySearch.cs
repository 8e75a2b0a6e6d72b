using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AiFunctions.EndToEnd.Fixtures;

/// <summary>All that another process may write to in its memory, as it was at one time (Linux, <c>/proc/PID/mem</c>).</summary>
internal sealed class MemorySearch
{
    private readonly List<byte[]> _regions = [];

    public MemorySearch(int processId)
    {
        using var memory = File.OpenHandle($"/proc/{processId}/mem");
        foreach (var map in File.ReadLines($"/proc/{processId}/maps"))
        {
            var fields = map.Split(' ', 3);
            if (fields[1].StartsWith("rw", StringComparison.Ordinal))
            {
                var ends = fields[0].Split('-');
                Read(memory, long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        Assert.True(_regions.Sum(region => (long)region.Length) > 10 << 20);
    }

    /// <summary>How often a text is there, in UTF-8 or UTF-16.</summary>
    public int Count(string text) => _regions.Sum(region => Count(region, Encoding.UTF8.GetBytes(text)) + Count(region, Encoding.Unicode.GetBytes(text)));

    private static int Count(ReadOnlySpan<byte> region, byte[] pattern)
    {
        var count = 0;
        for (int at; (at = region.IndexOf(pattern)) >= 0; region = region[(at + 1)..])
        {
            count++;
        }

        return count;
    }

    // Page by page, for a reserved range is readable only where it is used.
    private void Read(SafeFileHandle memory, long start, long end)
    {
        const int Page = 4096;
        var region = new MemoryStream();
        var page = new byte[Page];
        for (var at = start; at < end; at += Page)
        {
            try
            {
                region.Write(page, 0, RandomAccess.Read(memory, page, at));
            }
            catch (IOException)
            {
                break;
            }
        }

        _regions.Add(region.ToArray());
    }
}
