/**
 * The library: everything a program may rely on, by name. Importing it does nothing.
 *
 * @module
 */
export type { CatalogEntry } from './catalog/catalog.js';
export { findRoot } from './catalog/catalog.js';
export type { CatalogStatus } from './catalog/root-facts.js';
export type { Position as CertificatePosition } from './check/consumers/consumer.js';
export { checkFitness, consumerNames, type FitnessOptions } from './check/consumers.js';
export type { Finding, FindingCode, Severity } from './check/finding.js';
export { type CheckTrustAnchorOptions, checkTrustAnchor } from './check/rules.js';
export { type SelfSignatures, verifySelfSignatures } from './check/self-signatures.js';
export { platformNames } from './device/platforms.js';
export { renderTrustpoint } from './device/render.js';
export { type RenderReplacementOptions, type Replacement, renderReplacement } from './device/replacement.js';
export {
  type ConfiguredTrustpoint,
  parseDeviceConfig,
  type StoredCertificate,
  type StoredUsage,
} from './device/running-config.js';
export type { RevocationMethod, TrustpointSettings } from './device/settings.js';
export { type DescribedCertificate, parseShowOutput } from './device/show-output.js';
export type {
  AcceptMode,
  Block,
  BlockAction,
  BlockFile,
  BlockNote,
  BlockStyle,
  BlockTrustpoint,
  BlockVerification,
  RenderTrustpointOptions,
  ReplacementStage,
} from './device/trustpoint.js';
export { CODES, type ErrorCode, type ExitStatus, type Position, TrustError, type TrustErrorOptions } from './errors.js';
export type { LineComparison } from './input/compare-lines.js';
export type { InputLimits } from './input/limits.js';
export { type ReadOptions, readCertificates } from './input/read-certificates.js';
export type {
  DamagedBlock,
  Difference,
  InputKind,
  Note,
  NoteCode,
  ReadResult,
  RecoveredBlock,
} from './input/read-result.js';
export type { Profile, Purpose } from './path/certificate-rule.js';
export type { IssuerRole, Objection, PathObserver } from './path/path-observer.js';
export type { PeerName } from './path/peer-names.js';
export type { Reason, ReasonCode } from './path/reason.js';
export { type PathVerdict, type ValidatePathOptions, validatePath } from './path/validate-path.js';
export { aliasFor } from './store/alias.js';
export type { DecodeKeystoreOptions, EditKeystoreOptions, RandomSource } from './store/codec.js';
export { decodeKeystore, detectKeystore } from './store/codecs.js';
export { editKeystore, type RequestedEdit } from './store/edit.js';
export type {
  EntryKind,
  Keystore,
  KeystoreEdit,
  KeystoreEntry,
  KeystoreKind,
  KeystoreNote,
  KeystoreType,
} from './store/keystore.js';
export { type Certificate, decodeCertificate } from './x509/certificate.js';
export type { CertificateDefect, DefectiveField } from './x509/defect.js';
export type { BasicConstraints, Extension, KeyUsage } from './x509/extensions.js';
export type { DistinguishedName, NameAttribute } from './x509/name.js';
export type { PublicKey } from './x509/public-key.js';
export type { SignatureVerdict } from './x509/signature.js';
export type { Source } from './x509/source.js';
