using System.Text.Json;
using AiFunctions.Gateway.Jobs;

namespace AiFunctions.Gateway.KeyRotation;

/// <summary>What a run of the rotation job did.</summary>
internal sealed record KeyRotationReport : JobReport
{
    private const int MostNamed = 1000;

    private readonly List<RotatedKey> _rotated = [];

    public int Clients { get; set; }

    public int Keys { get; set; }

    /// <summary>How many were rotated.</summary>
    public int Rotated { get; private set; }

    /// <summary>Of those, how many were delivered to the key vault.</summary>
    public int Delivered { get; set; }

    /// <summary>Successors that wait for the key vault, or for another run that is at them.</summary>
    public int Waiting { get; set; }

    /// <summary>Successors that nobody picked up in time, revoked.</summary>
    public int Discarded { get; set; }

    /// <summary>Keys that are due but whose client has too many live ones.</summary>
    public int Postponed { get; set; }

    /// <summary>The first thousand of those rotated.</summary>
    public IReadOnlyList<RotatedKey> RotatedKeys => _rotated;

    public override string Summary => FormattableString.Invariant(
        $"{Clients} clients, {Keys} keys; {Rotated} rotated, {Delivered} delivered, {Waiting} waiting, {Discarded} discarded, {Postponed} postponed");

    public void Add(RotatedKey key)
    {
        Rotated++;
        if (_rotated.Count < MostNamed)
        {
            _rotated.Add(key);
        }
    }

    public override void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("clients"u8, Clients);
        writer.WriteNumber("keys"u8, Keys);
        writer.WriteNumber("rotated"u8, Rotated);
        writer.WriteNumber("delivered"u8, Delivered);
        writer.WriteNumber("waiting"u8, Waiting);
        writer.WriteNumber("discarded"u8, Discarded);
        writer.WriteNumber("postponed"u8, Postponed);
        writer.WriteStartArray("rotated_keys"u8);
        foreach (var key in _rotated)
        {
            writer.WriteStartObject();
            writer.WriteString("client_id"u8, key.ClientId);
            writer.WriteString("key_id"u8, key.KeyId);
            writer.WriteString("successor_id"u8, key.SuccessorId);
            writer.WriteString("expires_at"u8, key.EndsAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
