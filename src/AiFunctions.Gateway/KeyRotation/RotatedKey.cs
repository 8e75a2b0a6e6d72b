namespace AiFunctions.Gateway.KeyRotation;

/// <summary>A key that a run of the job has given a successor.</summary>
/// <param name="ClientId">Whose.</param>
/// <param name="KeyId">The old key.</param>
/// <param name="SuccessorId">The new one.</param>
/// <param name="EndsAt">When the old one ends.</param>
internal sealed record RotatedKey(string ClientId, string KeyId, string SuccessorId, DateTimeOffset EndsAt);
