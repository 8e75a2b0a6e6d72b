namespace AiFunctions.Gateway.KeyRotation.Events;

/// <summary>What happened to a key.</summary>
internal enum KeyEventType
{
    /// <summary>It was made.</summary>
    Issued,

    /// <summary>It was given a successor, and its grace began.</summary>
    Rotated,

    /// <summary>It was handed to whoever presented its predecessor.</summary>
    PickedUp,

    /// <summary>It was put into the key vault.</summary>
    Delivered,

    /// <summary>It was ended by an operator.</summary>
    Revoked,

    /// <summary>It was ended because nobody had picked it up.</summary>
    Discarded,
}
