"""Structures, their files, identities, access codes and the audit log"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_attempts',
    sa.Column('scope', sa.String(length=16), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('since', UtcDateTime(timezone=True), nullable=False),
    sa.Column('locked_until', UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('scope', 'key_hash', name=op.f('pk_access_attempts'))
    )
    with op.batch_alter_table('access_attempts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_attempts_since'), ['since'], unique=False)

    op.create_table('audit_log',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor_kind', sa.String(length=16), nullable=False),
    sa.Column('actor_id', sa.String(length=64), nullable=True),
    sa.Column('action', sa.String(length=48), nullable=False),
    sa.Column('subject_kind', sa.String(length=24), nullable=False),
    sa.Column('subject_id', sa.String(length=64), nullable=True),
    sa.Column('conversation_id', sa.String(length=32), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_log_actor_kind_actor_id_at'), ['actor_kind', 'actor_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_log_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_log_subject_kind_subject_id_at'), ['subject_kind', 'subject_id', 'at'], unique=False)

    op.create_table('structures',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('siret', sa.String(length=14), nullable=False),
    sa.Column('nom', sa.String(length=200), nullable=False),
    sa.Column('type', sa.String(length=24), nullable=False),
    sa.Column('departement', sa.String(length=3), nullable=False),
    sa.Column('etat', sa.String(length=24), nullable=False),
    sa.Column('inscrite_le', sa.Date(), nullable=True),
    sa.Column('avis_prefecture_le', sa.Date(), nullable=True),
    sa.Column('comite_le', sa.Date(), nullable=True),
    sa.Column('activee_le', sa.Date(), nullable=True),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_structures')),
    sa.UniqueConstraint('siret', name=op.f('uq_structures_siret'))
    )
    with op.batch_alter_table('structures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_structures_departement'), ['departement'], unique=False)

    op.create_table('conseillers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('structure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('prenom', sa.String(length=80), nullable=False),
    sa.Column('nom', sa.String(length=80), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('parti_le', sa.Date(), nullable=True),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['structure_id'], ['structures.id'], name=op.f('fk_conseillers_structure_id_structures'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conseillers')),
    sa.UniqueConstraint('email', name=op.f('uq_conseillers_email'))
    )
    with op.batch_alter_table('conseillers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conseillers_structure_id'), ['structure_id'], unique=False)

    op.create_table('contacts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('structure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('prenom', sa.String(length=80), nullable=False),
    sa.Column('nom', sa.String(length=80), nullable=False),
    sa.Column('fonction', sa.String(length=80), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.ForeignKeyConstraint(['structure_id'], ['structures.id'], name=op.f('fk_contacts_structure_id_structures'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts')),
    sa.UniqueConstraint('structure_id', 'email', name=op.f('uq_contacts_structure_id_email'))
    )
    op.create_table('dossiers_subvention',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('structure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('numero_ds', sa.BigInteger(), nullable=False),
    sa.Column('etat', sa.String(length=24), nullable=False),
    sa.Column('depose_le', sa.Date(), nullable=True),
    sa.Column('pieces_demandees_le', sa.Date(), nullable=True),
    sa.Column('decide_le', sa.Date(), nullable=True),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['structure_id'], ['structures.id'], name=op.f('fk_dossiers_subvention_structure_id_structures'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossiers_subvention')),
    sa.UniqueConstraint('numero_ds', name=op.f('uq_dossiers_subvention_numero_ds'))
    )
    with op.batch_alter_table('dossiers_subvention', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossiers_subvention_structure_id'), ['structure_id'], unique=False)

    op.create_table('access_codes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('structure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('conseiller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('issued_by', sa.String(length=80), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conseiller_id'], ['conseillers.id'], name=op.f('fk_access_codes_conseiller_id_conseillers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_access_codes_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['structure_id'], ['structures.id'], name=op.f('fk_access_codes_structure_id_structures'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_codes')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_access_codes_code_hash'))
    )
    with op.batch_alter_table('access_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_codes_conseiller_id'), ['conseiller_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_codes_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_codes_structure_id'), ['structure_id'], unique=False)

    op.create_table('conventions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('envoyee_le', sa.Date(), nullable=True),
    sa.Column('signee_structure_le', sa.Date(), nullable=True),
    sa.Column('signee_le', sa.Date(), nullable=True),
    sa.Column('debut', sa.Date(), nullable=True),
    sa.Column('fin', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers_subvention.id'], name=op.f('fk_conventions_dossier_id_dossiers_subvention'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conventions')),
    sa.UniqueConstraint('dossier_id', name=op.f('uq_conventions_dossier_id'))
    )
    op.create_table('identities',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('external_id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('structure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('conseiller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conseiller_id'], ['conseillers.id'], name=op.f('fk_identities_conseiller_id_conseillers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_identities_contact_id_contacts'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['structure_id'], ['structures.id'], name=op.f('fk_identities_structure_id_structures'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identities')),
    sa.UniqueConstraint('channel', 'external_id', name=op.f('uq_identities_channel_external_id'))
    )
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identities_conseiller_id'), ['conseiller_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_identities_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_identities_structure_id'), ['structure_id'], unique=False)

    op.create_table('postes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('structure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('numero', sa.SmallInteger(), nullable=False),
    sa.Column('etat', sa.String(length=24), nullable=False),
    sa.Column('attribue_le', sa.Date(), nullable=True),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers_subvention.id'], name=op.f('fk_postes_dossier_id_dossiers_subvention'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['structure_id'], ['structures.id'], name=op.f('fk_postes_structure_id_structures'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postes')),
    sa.UniqueConstraint('structure_id', 'numero', name=op.f('uq_postes_structure_id_numero'))
    )
    with op.batch_alter_table('postes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postes_dossier_id'), ['dossier_id'], unique=False)

    op.create_table('candidatures',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('poste_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('candidat', sa.String(length=160), nullable=False),
    sa.Column('etat', sa.String(length=24), nullable=False),
    sa.Column('proposee_le', sa.Date(), nullable=True),
    sa.Column('entretien_le', sa.Date(), nullable=True),
    sa.Column('validee_le', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['poste_id'], ['postes.id'], name=op.f('fk_candidatures_poste_id_postes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_candidatures'))
    )
    with op.batch_alter_table('candidatures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_candidatures_poste_id'), ['poste_id'], unique=False)

    op.create_table('contrats',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('poste_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conseiller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('type', sa.String(length=16), nullable=False),
    sa.Column('debut', sa.Date(), nullable=True),
    sa.Column('fin', sa.Date(), nullable=True),
    sa.Column('signe_le', sa.Date(), nullable=True),
    sa.Column('transmis_le', sa.Date(), nullable=True),
    sa.Column('rompu_le', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['conseiller_id'], ['conseillers.id'], name=op.f('fk_contrats_conseiller_id_conseillers'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['poste_id'], ['postes.id'], name=op.f('fk_contrats_poste_id_postes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contrats'))
    )
    with op.batch_alter_table('contrats', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contrats_conseiller_id'), ['conseiller_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contrats_poste_id'), ['poste_id'], unique=False)

    op.create_table('etape_progress',
    sa.Column('poste_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('etape', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('etat', sa.String(length=16), nullable=False),
    sa.Column('fait_le', sa.Date(), nullable=True),
    sa.Column('declared_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['poste_id'], ['postes.id'], name=op.f('fk_etape_progress_poste_id_postes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('poste_id', 'etape', name=op.f('pk_etape_progress'))
    )
    op.create_table('formations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('poste_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conseiller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('organisme', sa.String(length=120), nullable=False),
    sa.Column('heures', sa.SmallInteger(), nullable=True),
    sa.Column('inscrit_le', sa.Date(), nullable=True),
    sa.Column('debut', sa.Date(), nullable=True),
    sa.Column('fin', sa.Date(), nullable=True),
    sa.Column('certification_le', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['conseiller_id'], ['conseillers.id'], name=op.f('fk_formations_conseiller_id_conseillers'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['poste_id'], ['postes.id'], name=op.f('fk_formations_poste_id_postes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_formations'))
    )
    with op.batch_alter_table('formations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_formations_conseiller_id'), ['conseiller_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_formations_poste_id'), ['poste_id'], unique=False)

    op.create_table('versements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('poste_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rang', sa.SmallInteger(), nullable=False),
    sa.Column('montant_centimes', sa.BigInteger(), nullable=False),
    sa.Column('prevu_le', sa.Date(), nullable=True),
    sa.Column('verse_le', sa.Date(), nullable=True),
    sa.Column('etat', sa.String(length=16), nullable=False),
    sa.Column('updated_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['poste_id'], ['postes.id'], name=op.f('fk_versements_poste_id_postes'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_versements')),
    sa.UniqueConstraint('poste_id', 'rang', name=op.f('uq_versements_poste_id_rang'))
    )


def downgrade() -> None:
    op.drop_table('versements')
    with op.batch_alter_table('formations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_formations_poste_id'))
        batch_op.drop_index(batch_op.f('ix_formations_conseiller_id'))

    op.drop_table('formations')
    op.drop_table('etape_progress')
    with op.batch_alter_table('contrats', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contrats_poste_id'))
        batch_op.drop_index(batch_op.f('ix_contrats_conseiller_id'))

    op.drop_table('contrats')
    with op.batch_alter_table('candidatures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_candidatures_poste_id'))

    op.drop_table('candidatures')
    with op.batch_alter_table('postes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_postes_dossier_id'))

    op.drop_table('postes')
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identities_structure_id'))
        batch_op.drop_index(batch_op.f('ix_identities_contact_id'))
        batch_op.drop_index(batch_op.f('ix_identities_conseiller_id'))

    op.drop_table('identities')
    op.drop_table('conventions')
    with op.batch_alter_table('access_codes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_codes_structure_id'))
        batch_op.drop_index(batch_op.f('ix_access_codes_contact_id'))
        batch_op.drop_index(batch_op.f('ix_access_codes_conseiller_id'))

    op.drop_table('access_codes')
    with op.batch_alter_table('dossiers_subvention', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dossiers_subvention_structure_id'))

    op.drop_table('dossiers_subvention')
    op.drop_table('contacts')
    with op.batch_alter_table('conseillers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_conseillers_structure_id'))

    op.drop_table('conseillers')
    with op.batch_alter_table('structures', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_structures_departement'))

    op.drop_table('structures')
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_log_subject_kind_subject_id_at'))
        batch_op.drop_index(batch_op.f('ix_audit_log_at'))
        batch_op.drop_index(batch_op.f('ix_audit_log_actor_kind_actor_id_at'))

    op.drop_table('audit_log')
    with op.batch_alter_table('access_attempts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_attempts_since'))

    op.drop_table('access_attempts')
